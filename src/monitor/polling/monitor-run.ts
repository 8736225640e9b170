import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";

/** Records that the monitor runs from now on. @returns the id of the run. */
export async function beginMonitorRun(db: Kysely<Database>, now: number): Promise<number> {
  const { id } = await db
    .insertInto("monitor_run")
    .values({ started_at: now, seen_at: now })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Records that the run lasts until now. */
export async function continueMonitorRun(db: Kysely<Database>, id: number, now: number): Promise<void> {
  await db.updateTable("monitor_run").set({ seen_at: now }).where("id", "=", id).execute();
}
