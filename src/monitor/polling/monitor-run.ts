import { sql } from "kysely";
import type { Db } from "../database/schema.ts";

/** A running monitor says so every minute; in a longer silence it slept, or its clock was set forward: it saw nothing. */
export const LONGEST_SILENCE_MS = 2 * 60_000;

/** Records that the monitor runs from now on, or ran from then to then (ms UTC). @returns the id of the run. */
export async function beginMonitorRun(db: Db, startedAt: number, seenAt = startedAt): Promise<number> {
  const { id } = await db
    .insertInto("monitorRun")
    .values({ startedAt, seenAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Records that the run lasts until now, which is before its beginning when the clock was set back meanwhile; after a
 * silence another one begins. @returns the id of the run that goes on.
 */
export async function continueMonitorRun(db: Db, id: number, now: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("monitorRun")
    .set({ startedAt: sql`min(started_at, ${now})`, seenAt: now })
    .where("id", "=", id)
    .where("seenAt", ">=", now - LONGEST_SILENCE_MS)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? id : await beginMonitorRun(db, now);
}
