import { type Kysely, sql } from "kysely";

/** Whether agents find any logs: one without them has nothing to be taught. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column logs_found integer`.execute(db);
}
