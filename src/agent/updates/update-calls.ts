import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyRequest } from "fastify";
import {
  AGENT_UPDATES_CALL,
  AgentUpdate,
  MAX_COMPRESSED_BYTES,
  type UpdateRefusal,
  type UpdateTaken,
} from "../../protocol/agent-update.ts";
import type { AnsweredConnection } from "../dial-out/answering.ts";
import { type AgentServer, sendError } from "../http/server.ts";
import { UpdateRefusedError } from "./open-update.ts";
import type { Updates } from "./updates.ts";

/** The code in base64, and its manifest. */
const MAX_UPDATE_BYTES = Math.ceil(MAX_COMPRESSED_BYTES / 3) * 4 + 16 * 1024;
const RETRY_AFTER_SECONDS = 30;
/** How long the agent waits for its answer to arrive; without it, the next report shows the update. */
const ANSWER_WITHIN_MS = 5_000;
const OTHER_STATUS: Partial<Record<UpdateRefusal, number>> = {
  invalid_signature: 400,
  damaged: 400,
  not_written: 500,
};

export interface UpdateCallsOptions {
  updates: Pick<Updates, "take">;
  /** The connection to the monitor that a call came over; null = it came to the open port. */
  connectionOf: (request: FastifyRequest) => AnsweredConnection | null;
  /** Called once the other version is in place and the monitor has the answer. */
  onTaken: () => void;
}

export async function updateCalls(
  api: AgentServer,
  { updates, connectionOf, onTaken }: UpdateCallsOptions,
): Promise<void> {
  api.setErrorHandler((error, request, reply) => {
    if (!(error instanceof UpdateRefusedError)) throw error;
    const { refusal, message } = error;
    request.log.warn({ ip: request.ip, refusal, reason: message }, "an update is not taken");
    if (refusal === "busy") reply.header("retry-after", RETRY_AFTER_SECONDS);
    return sendError(reply, OTHER_STATUS[refusal] ?? 409, refusal, message);
  });

  api.post(
    AGENT_UPDATES_CALL,
    { schema: { body: AgentUpdate }, bodyLimit: MAX_UPDATE_BYTES },
    async (request, reply) => {
      const answered = once(reply.raw, "close").then(
        () => connectionOf(request)?.haveArrived(),
        () => undefined,
      );
      const version = await updates.take(request.body);
      request.log.info({ ip: request.ip, version }, "an update is in place; the agent ends to run it");
      void Promise.race([answered, delay(ANSWER_WITHIN_MS, undefined, { ref: false })]).then(onTaken);
      const taken: UpdateTaken = { version };
      return reply.code(202).header("cache-control", "no-store").send(taken);
    },
  );
}
