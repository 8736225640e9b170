import { type Kysely, sql } from "kysely";

/** What an exchange leaves behind whatever the log says: how often it does, and since when there has been nothing where it often did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column traces text`.execute(db);
  await sql`alter table pos_status add column untraced_since integer`.execute(db);
}
