import type { FastifyInstance } from "fastify";
import { type StaticDecode, Type } from "typebox";
import { isErrorLevel } from "../../protocol/log-head.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import { type WithFile, withFile } from "./asked-file.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";
import { recordView } from "./record-view.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

const MAX_COPIED_BYTES = 8 * 1024 * 1024;

/** The first and the last line, both included. */
const LinesQuery = Type.Object({ from: Text, to: Text, show: Text });

/**
 * `/log-archives/:id/files/:position/text`: whole lines for the clipboard, folded ones included; 413 when there are too
 * many, 409 when the log is not prepared.
 */
export async function copyTextRoutes(app: FastifyInstance): Promise<void> {
  app.get<WithFile>(
    "/log-archives/:id/files/:position/text",
    ACCESS,
    async (request, reply) =>
      await withFile(app, request, reply, async ({ source, archive, name }) => {
        const cached = await app.logCache.open(source, request.signedInUser().id, 0);
        if (cached.kind !== "ready") return reply.code(409).send();
        const text = await readTextOfLines(cached.log, readForm(LinesQuery, request.query));
        if (text === null) return reply.code(413).send();
        await recordView(app.database.db, request.actor(), archive, name, app.clock());
        return reply.type("text/plain; charset=utf-8").send(text);
      }),
  );
}

/** null = more than `MAX_COPIED_BYTES`. */
async function readTextOfLines(
  log: PreparedLog,
  query: StaticDecode<typeof LinesQuery>,
): Promise<string | null> {
  const [from, to] = [readId(query.from) ?? 1, readId(query.to) ?? 1];
  const onlyErrors = query.show === "errors";
  if (blockCount(log) === 0) return "";
  const [first, last] = [blockOfLine(log, from), blockOfLine(log, to)];
  // At least the blocks between the two are read whole.
  const middleBytes = last > first + 1 ? blockAt(log, last).offset - blockAt(log, first + 1).offset : 0;
  if (middleBytes > MAX_COPIED_BYTES) return null;
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
