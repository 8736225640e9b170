import { type Kysely, sql } from "kysely";

/** Details are data from now on. What is in `detail` was recorded as text before, and stays as it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_event add column detail_parts text`.execute(db);
}
