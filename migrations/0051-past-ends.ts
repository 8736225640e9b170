import { type Kysely, sql } from "kysely";

/** What ended the same cause last time is looked up by that cause; incidents from before this are not found by it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table incident add column known_as text`.execute(db);
  await sql`
    create index incident_known_as on incident (known_as, closed_at)
      where kind = 'single' and ended_by = 'recovered'`.execute(db);
}
