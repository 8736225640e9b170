import { type Kysely, sql } from "kysely";

/** Which patterns of its configuration an agent can no longer use: one a line, null = all are usable, or it does not say. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column unusable_patterns text`.execute(db);
}
