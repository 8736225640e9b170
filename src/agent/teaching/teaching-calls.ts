import { errorText } from "../../protocol/error-text.ts";
import { isoTime } from "../../protocol/field-types.ts";
import {
  LogKindsPeriod,
  type LogPatternTrial,
  TaughtConfiguration,
  TaughtPatterns,
} from "../../protocol/log-patterns.ts";
import { maskStart } from "../../protocol/mask/mask.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { AgentConfig, LogsConfig } from "../config/config.ts";
import { type AgentServer, createTurns, sendError } from "../http/server.ts";
import { type CountedKind, countMatches } from "../sync-log/count-matches.ts";
import { createLogReading, type TaughtRules } from "../sync-log/log-reading.ts";
import { readLogKinds } from "./log-kinds.ts";
import { checkTaught, TaughtPatternError, type TaughtPatternsStore } from "./taught-patterns.ts";

const MAX_PATTERNS_BYTES = 512 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CPU_MS = 3_000;
const MAX_TEXT_LENGTH = 1_000;

export interface TeachingCallsOptions {
  config: Pick<AgentConfig, "logs" | "utcOffsetMinutes">;
  taught: TaughtPatternsStore;
}

export async function teachingCalls(
  api: AgentServer,
  { config: { logs, utcOffsetMinutes }, taught }: TeachingCallsOptions,
): Promise<void> {
  const inTurn = createTurns();
  api.setErrorHandler((error, request, reply) => {
    if (error instanceof TaughtPatternError) return sendError(reply, 400, "invalid_pattern", error.message);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    request.log.error({ err: error }, "the log folder cannot be read");
    return sendError(reply, 500, "logs_unreadable", errorText(error));
  });

  api.get("/log-kinds", { schema: { querystring: LogKindsPeriod } }, async (request, reply) => {
    const [from, to] = [request.query.from, request.query.to].map((time) => Date.parse(time));
    if (from === undefined || to === undefined || from > to)
      return sendError(reply, 400, "invalid_period", "from is later than to.");
    return await inTurn(reply, () =>
      readLogKinds(logs, taught.current().rules, utcOffsetMinutes, { from, to }),
    );
  });

  api.post(
    "/log-pattern-trials",
    { schema: { body: TaughtPatterns }, bodyLimit: MAX_PATTERNS_BYTES },
    async (request, reply) => {
      return await inTurn(reply, async () =>
        tryPatterns(logs, utcOffsetMinutes, await checkTaught(request.body)),
      );
    },
  );

  api.put(
    "/configuration",
    { schema: { body: TaughtConfiguration }, bodyLimit: MAX_PATTERNS_BYTES },
    async (request, reply) => {
      await taught.take(request.body.logs);
      const { configurationId } = taught.current();
      request.log.info({ configurationId }, "taught how to read the log");
      return reply.header("cache-control", "no-store").send({ configurationId });
    },
  );
}

/** What these patterns find in the last day of the logs. @throws when the log folder cannot be read. */
async function tryPatterns(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  taught: TaughtRules,
): Promise<LogPatternTrial> {
  const reading = createLogReading(config, taught, utcOffsetMinutes);
  const limits = { from: Date.now() - DAY_MS, maxBytes: MAX_BYTES, maxCpuMs: MAX_CPU_MS };
  const { kinds, contradictions, lines, isCut } = await countMatches(config, reading, limits);
  const found = {
    attempted: tried(kinds.attempted),
    succeeded: tried(kinds.succeeded),
    failed: tried(kinds.failed),
    contradictions: tried(contradictions),
  };
  return { ...withVisibleTexts(found), lines, isCut };
}

function tried({ count, last }: CountedKind): LogPatternTrial["succeeded"] {
  if (last === null) return { count, last };
  return { count, last: { at: isoTime(last.at), text: maskStart(last.text, MAX_TEXT_LENGTH) } };
}
