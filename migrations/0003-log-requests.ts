import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_request (
      id integer primary key autoincrement,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      requested_at integer not null,
      user_id integer,
      user_login text not null,
      user_name text,
      user_address text not null,
      from_at integer not null,
      to_at integer not null,
      max_bytes integer not null,
      status text not null,
      planned_files integer,
      planned_bytes integer,
      received_files integer not null default 0,
      received_bytes integer not null default 0,
      left_out text not null default '[]',
      left_out_files integer not null default 0,
      left_out_bytes integer not null default 0,
      failure_code text,
      failure_detail text,
      started_at integer,
      finished_at integer,
      claimed_by text,
      claimed_until integer
    ) strict`.execute(db);
  await sql`create index log_request_pos_server on log_request (pos_server_id, requested_at)`.execute(db);
  await sql`create index log_request_open on log_request (id) where finished_at is null`.execute(db);

  await sql`
    create table log_archive (
      id integer primary key autoincrement,
      log_request_id integer not null references log_request (id) on delete cascade,
      position integer not null,
      day text not null,
      number integer not null,
      files text not null,
      log_files integer not null,
      log_bytes integer not null,
      status text not null,
      attempts integer not null default 0,
      failure_code text,
      failure_detail text,
      path text unique,
      zip_bytes integer,
      sha256 text,
      finished_at integer,
      removed_at integer,
      unique (log_request_id, position)
    ) strict`.execute(db);
  await sql`create index log_archive_kept on log_archive (finished_at) where path is not null`.execute(db);
}
