import { type Kysely, sql } from "kysely";

/** What administrators taught about the lines of logs, and which agents have taken it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_pattern_set (
      id integer primary key autoincrement,
      pos_server_id integer references pos_server (id) on delete cascade,
      patterns text not null,
      source_pos_server_id integer references pos_server (id) on delete set null,
      source_name text not null,
      user_id integer,
      user_name text not null,
      taught_at integer not null,
      taken_back_at integer,
      taken_back_by text
    ) strict`.execute(db);
  await sql`create index log_pattern_set_pos_server on log_pattern_set (pos_server_id, id)`.execute(db);
  await sql`create index log_pattern_set_source on log_pattern_set (source_pos_server_id)`.execute(db);
  await sql`
    create table log_pattern_delivery (
      pos_server_id integer primary key references pos_server (id) on delete cascade,
      configuration_id text not null,
      failure_code text,
      failure_detail text,
      recorded_refusal_id text
    ) strict`.execute(db);
  for (const change of ["insert", "update", "delete"]) {
    await sql
      .raw(
        `create trigger log_pattern_set_${change}_seen_at_once after ${change} on log_pattern_set
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
  await sql`alter table pos_status add column configuration_id text`.execute(db);
  await sql`alter table pos_status add column logs_unmatched integer`.execute(db);
  await sql`alter table pos_status add column teach_again_at integer`.execute(db);
  // Who has not been taught yet is looked for every second, also when the whole fleet refuses.
  await sql`create index pos_status_configuration on pos_status (configuration_id, teach_again_at)
    where configuration_id is not null`.execute(db);
}
