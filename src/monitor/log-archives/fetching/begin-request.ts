import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { actorOf, POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { WAIT_MS } from "../../requests/waiting.ts";
import { mayStillAct } from "../../viewer/rights.ts";
import { ArchiveError } from "../outcome/failure.ts";

/** A log request that is worked on. Times are ms UTC of the monitor's clock. */
export interface RunningRequest {
  id: number;
  posServerId: number;
  posServerName: string;
  organizationId: number;
  organizationName: string;
  crmId: string;
  fromAt: number;
  toAt: number;
  maxBytes: number;
  /** Whether its archives are planned already, before a restart. */
  isPlanned: boolean;
  /** Until when it may wait for its agent; null = the POS server is called by its address. */
  expiresAt: number | null;
  waitsSince: number | null;
  actor: Actor;
}

/** Marks a request as running and reads what it asks for. @returns null when it is finished, or its POS server deleted. */
export async function beginRequest(db: Db, id: number, now: number): Promise<RunningRequest | null> {
  await db
    .updateTable("log_request")
    .set((row) => ({
      status: "running",
      started_at: row.fn.coalesce("started_at", row.val(now)),
      // A clock that was set back must not make it wait until it comes there again.
      expires_at: row.fn<number | null>("min", ["expires_at", row.val(now + WAIT_MS.log_request)]),
    }))
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
  const row = await db
    .selectFrom("log_request")
    .innerJoin("pos_server", "pos_server.id", "log_request.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["log_request.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["from_at as fromAt", "to_at as toAt", "max_bytes as maxBytes"])
    .select("planned_files as plannedFiles")
    .where("log_request.id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ? { ...row, isPlanned: row.plannedFiles !== null, actor: actorOf(row) } : null;
}

/** Marks a request that had to give its place to others as one that waits again. */
export async function queueAgain(db: Db, id: number): Promise<void> {
  await db
    .updateTable("log_request")
    .set({ status: "queued" })
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
}

/** @throws ArchiveError `right_lost` when whoever asked for the logs may have them no longer. */
export async function requireRight(
  db: Db,
  { actor: { userId }, posServerId }: RunningRequest,
): Promise<void> {
  if (!(await mayStillAct(db, { userId, posServerId }))) throw new ArchiveError("right_lost", "");
}
