import { type Kysely, sql } from "kysely";

/** What filled the queues of incidents and messages, and what copied the registry into the statuses: the program calls that now. */
const NOW_CALLED = [
  "pos_status_trouble_changed",
  "incident_opened_queued",
  "incident_changed_queued",
  "incident_silent_queued",
  "taking_insert_queued",
  "taking_update_queued",
  "pos_status_copies_registry",
  "pos_server_copied",
  "organization_copied",
  "pos_server_tag_insert_copied",
  "pos_server_tag_delete_copied",
  "pos_status_has_hours",
  "pos_server_of_other_hours",
  "pos_server_moved_in_incidents",
];

/** Of the triggers only those stay here that keep counts; those of the revision are made at each start, from the list in `database/revision.ts`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_schema
    where type = 'trigger' and (name glob '*_seen_at_once' or name glob '*_revised')`.execute(db);
  for (const name of [...NOW_CALLED, ...rows.map((row) => row.name)])
    await sql.raw(`drop trigger ${name}`).execute(db);
}
