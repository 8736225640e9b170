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
    .updateTable("logRequest")
    .set((row) => ({
      status: "running",
      startedAt: row.fn.coalesce("startedAt", row.val(now)),
      // A clock that was set back must not make it wait until it comes there again.
      expiresAt: row.fn<number | null>("min", ["expiresAt", row.val(now + WAIT_MS.logRequest)]),
    }))
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
  const row = await db
    .selectFrom("logRequest")
    .innerJoin("posServer", "posServer.id", "logRequest.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["logRequest.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["fromAt", "toAt", "maxBytes"])
    .select("plannedFiles")
    .where("logRequest.id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
  return row ? { ...row, isPlanned: row.plannedFiles !== null, actor: actorOf(row) } : null;
}

/** Marks a request that had to give its place to others as one that waits again. */
export async function queueAgain(db: Db, id: number): Promise<void> {
  await db
    .updateTable("logRequest")
    .set({ status: "queued" })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}

/** @throws ArchiveError `right_lost` when whoever asked for the logs may have them no longer. */
export async function requireRight(
  db: Db,
  { actor: { userId }, posServerId }: RunningRequest,
): Promise<void> {
  if (!(await mayStillAct(db, { userId, posServerId }))) throw new ArchiveError("right_lost", "");
}
