import { type Kysely, sql } from "kysely";

/** What is older than any list looks back is packed by the nightly job: an outage a day made hundreds of megabytes a year. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table packed_state_change (
      id integer primary key,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      last_at integer not null,
      rows blob not null
    ) strict`.execute(db);
  await sql`
    create index packed_state_change_pos_server on packed_state_change (pos_server_id, last_at)`.execute(db);
  await sql`
    create table packed_incident (
      id integer primary key,
      last_closed_at integer not null,
      rows blob not null
    ) strict`.execute(db);
}
