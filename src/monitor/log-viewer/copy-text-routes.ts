import type { FastifyInstance } from "fastify";
import { isErrorLevel } from "../../protocol/log-head.ts";
import { answerWithoutFile, findAskedFile, type WithFile } from "./asked-file.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";
import { recordView } from "./record-view.ts";
import { LINE } from "./view-query.ts";

const MAX_COPIED_BYTES = 8 * 1024 * 1024;

/**
 * `/log-archives/:id/files/:position/text`: the lines from one to another as they are shown, what is folded included, for the
 * clipboard; 413 when these are too many, 409 when the log is not prepared.
 */
export async function copyTextRoutes(app: FastifyInstance): Promise<void> {
  app.get<WithFile>(
    "/log-archives/:id/files/:position/text",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const asked = await findAskedFile(app, request, reply);
      if ("kind" in asked) return await answerWithoutFile(reply, request.viewer, asked);
      const cached = await app.logCache.open(asked.source, request.signedInUser().id, 0);
      if (cached.kind !== "ready") return reply.code(409).send();
      const text = await readTextOfLines(cached.log, readTextQuery(request.query), MAX_COPIED_BYTES);
      if (text === null) return reply.code(413).send();
      await recordView(app.database.db, request.actor(), asked.archive, asked.name, app.clock());
      return reply.type("text/plain; charset=utf-8").send(text);
    },
  );
}

/** Which lines are asked for as text; what is no number is the first line. */
function readTextQuery(query: unknown): AskedLines {
  const { from, to, show } = (query ?? {}) as Record<string, unknown>;
  const number = (text: unknown) => (typeof text === "string" && LINE.test(text) ? Number(text) : 1);
  return { from: number(from), to: number(to), onlyErrors: show === "errors" };
}

interface AskedLines {
  /** Both included. */
  from: number;
  to: number;
  onlyErrors: boolean;
}

/** Reads lines as one text, which ends each with a line feed; null = they are more than so many bytes. */
async function readTextOfLines(
  log: PreparedLog,
  { from, to, onlyErrors }: AskedLines,
  maxBytes: number,
): Promise<string | null> {
  if (blockCount(log) === 0) return "";
  const [first, last] = [blockOfLine(log, from), blockOfLine(log, to)];
  // At least the blocks between the two are read whole.
  if (last > first + 1 && blockAt(log, last).offset - blockAt(log, first + 1).offset > maxBytes) return null;
  return await withBlocks(log, async (readText) => {
    const texts: string[] = [];
    for (let index = first; index <= last; index++) {
      for (const { number, level, text } of linesOfBlock(blockAt(log, index), await readText(index))) {
        if (number < from || number > to || (onlyErrors && !isErrorLevel(level))) continue;
        texts.push(`${text}\n`);
      }
    }
    return texts.join("");
  });
}
