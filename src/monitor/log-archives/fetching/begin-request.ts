import type { Db } from "../../database/schema.ts";
import { actorOf, POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { WAIT_MS } from "../../requests/waiting.ts";
import { mayStillAct } from "../../viewer/access.ts";
import { ArchiveError } from "../outcome/failure.ts";

/** A log request being worked on; its times are ms UTC of the monitor's clock. */
export type RunningRequest = NonNullable<Awaited<ReturnType<typeof beginRequest>>>;

/** Marks a request as running and reads it; null when it has ended, or its POS server was deleted. */
export async function beginRequest(db: Db, id: number, now: number) {
  await db
    .updateTable("logRequest")
    .set((row) => ({
      status: "running",
      startedAt: row.fn.coalesce("startedAt", row.val(now)),
      // If the clock was set back, it must not wait for longer.
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

/** It waits for its agent. */
export async function queueAgain(db: Db, id: number): Promise<void> {
  await db
    .updateTable("logRequest")
    .set({ status: "queued" })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}

/** @throws ArchiveError `right_lost` when whoever asked may no longer have the logs. */
export async function requireRight(db: Db, request: RunningRequest, now: number): Promise<void> {
  if (!(await mayStillAct(db, request, now))) throw new ArchiveError("right_lost", "");
}
