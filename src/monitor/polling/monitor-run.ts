import { sql } from "kysely";
import type { Db } from "../database/schema.ts";

/** A running monitor says so every second, which also shows whether anything can be saved; after a longer pause it slept, or its clock was set forward. */
export const LONGEST_SILENCE_MS = 2 * 60_000;

/** Times in ms UTC. @returns its id. */
export async function beginMonitorRun(db: Db, startedAt: number, seenAt = startedAt): Promise<number> {
  const { id } = await db
    .insertInto("monitorRun")
    .values({ startedAt, seenAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** After a pause another run begins. @returns the id of the current run. */
export async function continueMonitorRun(db: Db, id: number, now: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("monitorRun")
    .set({ startedAt: sql`min(started_at, ${now})`, seenAt: now })
    .where("id", "=", id)
    .where("seenAt", ">=", now - LONGEST_SILENCE_MS)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? id : await beginMonitorRun(db, now);
}
