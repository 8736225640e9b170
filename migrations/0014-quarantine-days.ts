import { type Kysely, sql } from "kysely";

/** What agents tell of how long they keep a database that was reset; and the counts of states in their order. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column quarantine_days integer`.execute(db);
  await sql`create index state_count_state on state_count (state, organization_id, pos_servers)`.execute(db);
}
