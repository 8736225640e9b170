import { type Kysely, sql } from "kysely";

/** What agents tell of how long they keep a database that was reset. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column quarantine_days integer`.execute(db);
}
