import { type Kysely, sql } from "kysely";

/** How many reports in a row could not say what the service does: for a few of them its last known state counts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column service_unread_reports integer not null default 0`.execute(db);
}
