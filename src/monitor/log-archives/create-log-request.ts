import type { FastifyInstance } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import { type Actor, type NamedPosServer, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import { actorColumns } from "../requests/request-columns.ts";
import { expiryOf, noteWaiting, waitLonger } from "../requests/waiting.ts";
import type { WantedLogs } from "./log-request-form.ts";

interface LogRequestOptions {
  isAgentAway?: boolean;
  /** Until when it may wait for its agent, ms UTC; null = not at all; by default the usual time. */
  expiresAt?: number | null;
}

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

/** `isJoined`: an equal open request is returned instead, and waits as long as the new one would. */
export async function createLogRequest(
  trx: Db,
  actor: Actor,
  { id: posServerId, name: subject, organizationId }: { id: number; name: string; organizationId: number },
  { fromAt, toAt, maxBytes }: WantedLogs,
  now: number,
  options: LogRequestOptions = {},
): Promise<{ id: number; isJoined: boolean }> {
  const open = await trx
    .selectFrom("logRequest")
    .select("id")
    .where("posServerId", "=", posServerId)
    .where("fromAt", "=", fromAt)
    .where("toAt", "=", toAt)
    .where("maxBytes", "=", maxBytes)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  const { expiresAt = await expiryOf(trx, "logRequest", posServerId, now) } = options;
  const asked = { posServerId, posServerName: subject, organizationId, expiresAt };
  if (open) {
    await waitLonger(trx, "logRequest", { ...asked, id: open.id }, actor, now);
    return { id: open.id, isJoined: true };
  }

  const { id } = await trx
    .insertInto("logRequest")
    .values({
      posServerId,
      requestedAt: now,
      ...actorColumns(actor),
      fromAt,
      toAt,
      maxBytes,
      status: "queued",
      expiresAt,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const detail: AuditDetail = [{ key: "period", values: { fromAt, toAt } }];
  await recordEvent(trx, actor, { action: "log_request", subject, organizationId, posServerId, detail }, now);
  if (options.isAgentAway) await noteWaiting(trx, "logRequest", { ...asked, id }, actor, now);
  return { id, isJoined: false };
}
