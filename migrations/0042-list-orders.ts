import { type Kysely, sql } from "kysely";

/** What the list is filtered and sorted by most is found without reading every POS server. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index pos_status_last_update on pos_status (last_update_at, standing, state, cause_key, organization_id)`.execute(
    db,
  );
  await sql`
    create index pos_status_last_sync on pos_status (last_sync_at, organization_sort, name_sort)`.execute(db);
  await sql`
    create index pos_status_parked on pos_status (organization_id, state) where standing = 'parked'`.execute(
    db,
  );
}
