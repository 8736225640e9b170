import { errorText } from "../../protocol/error-text.ts";
import { LogExcerptOrder } from "../../protocol/log-lines.ts";
import type { AgentConfig } from "../config/config.ts";
import { createTurns } from "../http/in-turn.ts";
import { sendError } from "../http/send-error.ts";
import type { AgentServer } from "../http/server.ts";
import { createLogReading } from "../sync-log/log-reading.ts";
import type { TaughtPatternsStore } from "../teaching/taught-patterns.ts";
import { readExcerpt } from "./excerpt.ts";

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
  const inTurn = createTurns();
  api.setErrorHandler((error, request, reply) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    request.log.error({ err: error }, "the log folder cannot be read");
    return sendError(reply, 500, "logs_unreadable", errorText(error));
  });

  api.post("/log-excerpts", { schema: { body: LogExcerptOrder } }, async (request, reply) => {
    return await inTurn(reply, () => {
      const reading = createLogReading(logs, taught.current().rules, utcOffsetMinutes);
      return readExcerpt(logs, reading, request.body, token);
    });
  });
}
