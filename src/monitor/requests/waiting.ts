import { DAY_MS } from "../../protocol/time-units.ts";
import type { AuditAction } from "../audit-log/actions.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { AgentHub } from "../pos-client/dial-out/agent-hub.ts";
import { plain, type RequestTable, updateOpen } from "./claims.ts";
import { subjectOf } from "./request-columns.ts";
import type { Claimable } from "./runner.ts";

export const COMMAND_WAIT_MS = 10 * 60_000;
const ACTIONS: Record<RequestTable, AuditAction> = {
  logRequest: "log_request",
  databaseReset: "database_reset",
  serviceStart: "service_start",
};

/** How long a request may wait for its agent. Logs change nothing, and may wait longer. */
export const WAIT_MS: Record<RequestTable, number> = {
  logRequest: DAY_MS,
  databaseReset: COMMAND_WAIT_MS,
  serviceStart: COMMAND_WAIT_MS,
};

/** Clocks are corrected by so much all the time. */
export const MAX_DRIFT_MS = 1_000;

export interface WaitingRequest {
  id: number;
  posServerId: number;
  posServerName: string;
  organizationId: number;
  /** ms UTC; null = it cannot wait. */
  expiresAt: number | null;
}

/** Of a request made now (ms UTC); null = never, since its POS server is called by its address. */
export async function expiryOf(db: Db, table: RequestTable, posServerId: number, now: number) {
  const { connection } = await db
    .selectFrom("posServer")
    .select("connection")
    .where("id", "=", posServerId)
    .executeTakeFirstOrThrow();
  return connection === "dial_out" ? now + WAIT_MS[table] : null;
}

/**
 * Whether a request has expired at `now` (ms UTC). An expiry too far ahead is from before the clock was set back, and
 * counts as over.
 */
export function isExpired(expiresAt: number | null, now: number, waitMs = COMMAND_WAIT_MS): boolean {
  return expiresAt !== null && (now >= expiresAt || expiresAt - now > waitMs + MAX_DRIFT_MS);
}

/** Until when a request waits for its agent, ms UTC; null = it does not wait. */
export function waitedUntil(request: Record<"finishedAt" | "waitsSince" | "expiresAt", number | null>) {
  return request.finishedAt === null && request.waitsSince !== null ? request.expiresAt : null;
}

/** For an open row whose agent is away; the first time the audit log says so too. */
export async function noteWaiting(
  db: Db,
  table: RequestTable,
  request: WaitingRequest,
  actor: Actor,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await updateOpen(trx, table, request.id)
      .set({ waitsSince: now, failureCode: null, failureDetail: null })
      .where("waitsSince", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) await recordWaiting(trx, table, request, actor, now);
  });
}

/** An open request was asked for again, and stays open until `expiresAt`; if it waits, the audit log says so. */
export async function waitLonger(
  trx: Db,
  table: RequestTable,
  request: WaitingRequest,
  actor: Actor,
  now: number,
): Promise<void> {
  const prolonged = await updateOpen(trx, table, request.id)
    .set({ expiresAt: request.expiresAt })
    .where("expiresAt", "<", request.expiresAt)
    .returning("waitsSince")
    .executeTakeFirst();
  if (prolonged && prolonged.waitsSince !== null) await recordWaiting(trx, table, request, actor, now);
}

async function recordWaiting(
  trx: Db,
  table: RequestTable,
  request: WaitingRequest,
  actor: Actor,
  now: number,
): Promise<void> {
  const values = { request: ACTIONS[table], until: request.expiresAt ?? now };
  const detail = [{ key: "agentAwaited", values }] as const;
  const event = { action: "agent_await", ...subjectOf(request), detail } as const;
  await recordEvent(trx, actor, event, now);
}

/** What keeps an open row from going on, null = nothing; then it does not wait for its agent. */
export async function noteTrouble(
  db: Db,
  table: RequestTable,
  id: number,
  failure: { code: string; detail: string } | null,
): Promise<void> {
  await updateOpen(db, table, id)
    .set({ waitsSince: null, failureCode: failure?.code ?? null, failureDetail: failure?.detail ?? null })
    .execute();
}

/** For an open row whose agent is there again. */
export async function endWaiting(db: Db, table: RequestTable, id: number): Promise<void> {
  await updateOpen(db, table, id).set({ waitsSince: null }).where("waitsSince", "is not", null).execute();
}

/** Leaves out open rows that wait at `now` (ms UTC) for an agent that is away, except those of parked POS servers. */
export async function withoutWaiting(
  db: Db,
  table: RequestTable,
  open: readonly Claimable[],
  agents: Pick<AgentHub, "isAway">,
  now: number,
): Promise<Claimable[]> {
  const rows = await db
    .selectFrom(`${plain(table)} as request`)
    // Starts with the few waiting requests: with an inner join SQLite would search the whole fleet for those not parked.
    .crossJoin("posServer")
    .whereRef("posServer.id", "=", "request.posServerId")
    .select(["request.id as requestId", "expiresAt", "posServer.id", "connection"])
    .where("waitsSince", "is not", null)
    .where("finishedAt", "is", null)
    .where("parked", "=", 0)
    .execute();
  const waiting = rows.filter((row) => agents.isAway(row) && !isExpired(row.expiresAt, now, WAIT_MS[table]));
  const waitingIds = new Set(waiting.map(({ requestId }) => requestId));
  return open.filter(({ id }) => !waitingIds.has(id));
}
