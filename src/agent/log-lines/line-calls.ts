import { errorText } from "../../protocol/error-text.ts";
import {
  LogExcerptOrder,
  LogSearchOrder,
  MAX_SEARCHED_DAYS,
  MAX_SEARCHED_MS,
} from "../../protocol/log-lines.ts";
import type { AgentConfig } from "../config/config.ts";
import { type AgentServer, createTurns, sendError } from "../http/server.ts";
import { createLogReading } from "../sync-log/log-reading.ts";
import type { TaughtPatternsStore } from "../teaching/taught-patterns.ts";
import { readExcerpt } from "./excerpt.ts";
import { readSearchedText, searchLogs } from "./search.ts";
import { startLimits } from "./search-limits.ts";

export interface LineCallsOptions {
  config: Pick<AgentConfig, "logs" | "utcOffsetMinutes">;
  taught: TaughtPatternsStore;
  /** The agent's own, which no line may tell. */
  token: string;
}

export async function lineCalls(
  api: AgentServer,
  { config: { logs, utcOffsetMinutes }, taught, token }: LineCallsOptions,
): Promise<void> {
  const [excerptInTurn, searchInTurn] = [createTurns(), createTurns()];
  const closing = new AbortController();
  api.addHook("preClose", async () => closing.abort());
  api.setErrorHandler((error, request, reply) => {
    if (error instanceof Error && error.name === "AbortError")
      return sendError(reply, 503, "cancelled", "The search was cancelled.");
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    request.log.error({ err: error }, "the log folder cannot be read");
    return sendError(reply, 500, "logs_unreadable", errorText(error));
  });
  const readingNow = () => createLogReading(logs, taught.current().rules, utcOffsetMinutes);

  api.post("/log-excerpts", { schema: { body: LogExcerptOrder } }, async (request, reply) => {
    return await excerptInTurn(reply, () => readExcerpt(logs, readingNow(), request.body, token));
  });

  api.post("/log-searches", { schema: { body: LogSearchOrder } }, async (request, reply) => {
    const { text, from, to } = request.body;
    const length = Date.parse(to) - Date.parse(from);
    if (length < 0 || length > MAX_SEARCHED_MS)
      return sendError(reply, 400, "invalid_period", `The period is no 0 to ${MAX_SEARCHED_DAYS} days.`);
    const searched = readSearchedText(text);
    if (!searched) return sendError(reply, 400, "empty_text", "There is nothing to look for in the text.");
    request.log.info({ ip: request.ip }, "searching the logs");
    const left = new AbortController();
    // Not of the request: that is closed once its body has been read.
    reply.raw.once("close", () => left.abort());
    const signal = AbortSignal.any([left.signal, closing.signal]);
    return await searchInTurn(reply, async () =>
      searchLogs(logs, readingNow(), request.body, searched, token, startLimits(signal)),
    );
  });
}
