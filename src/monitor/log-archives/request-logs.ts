import type { FastifyInstance } from "fastify";
import type { Actor, NamedPosServer } from "../audit-log/record-event.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import { createLogRequest } from "./create-log-request.ts";
import type { WantedLogs } from "./log-request-form.ts";

/** Asks for logs if the POS server answers, or its agent is only away. @returns the request, or why nothing was asked for. */
export async function requestLogs(
  { database, pollNow, logRequests, clock }: FastifyInstance,
  actor: Actor,
  posServer: NamedPosServer,
  wanted: WantedLogs,
): Promise<{ id: number; isJoined: boolean } | { failure: CallFailure }> {
  const outcome = await pollNow(posServer.id);
  const isAgentAway = !outcome.ok && outcome.failure.code === "not_connected";
  if (!outcome.ok && !isAgentAway) return { failure: outcome.failure };
  const created = await database.db
    .transaction()
    .execute((trx) => createLogRequest(trx, actor, posServer, wanted, clock(), { isAgentAway }));
  logRequests.wake();
  return created;
}
