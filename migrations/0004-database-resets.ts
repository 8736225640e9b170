import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table database_reset (
      id integer primary key autoincrement,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      idempotency_key text not null unique,
      requested_at integer not null,
      user_id integer,
      user_login text not null,
      user_name text,
      user_address text not null,
      confirmation text not null,
      identity text not null,
      fetch_logs integer not null,
      start_service integer not null,
      log_request_id integer references log_request (id) on delete set null,
      step text not null,
      step_at integer not null,
      begun_at integer,
      command_step text,
      reset_at integer,
      moved_files text not null default '[]',
      moved_bytes integer not null default 0,
      followed_at integer,
      synced_at integer,
      failure_code text,
      failure_detail text,
      finished_at integer,
      claimed_by text,
      claimed_until integer
    ) strict`.execute(db);
  await sql`create index database_reset_pos_server on database_reset (pos_server_id, requested_at)`.execute(
    db,
  );
  await sql`
    create unique index database_reset_one_open on database_reset (pos_server_id)
      where finished_at is null`.execute(db);

  await sql`
    create table database_reset_step (
      id integer primary key autoincrement,
      database_reset_id integer not null references database_reset (id) on delete cascade,
      step text not null,
      at integer not null,
      detail text
    ) strict`.execute(db);
  await sql`create index database_reset_step_reset on database_reset_step (database_reset_id)`.execute(db);

  await sql`
    create table service_start (
      id integer primary key autoincrement,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      database_reset_id integer references database_reset (id) on delete set null,
      idempotency_key text not null unique,
      requested_at integer not null,
      user_id integer,
      user_login text not null,
      user_name text,
      user_address text not null,
      status text not null,
      failure_code text,
      failure_detail text,
      started_at integer,
      finished_at integer,
      claimed_by text,
      claimed_until integer
    ) strict`.execute(db);
  await sql`create index service_start_pos_server on service_start (pos_server_id, requested_at)`.execute(db);
  await sql`
    create unique index service_start_one_open on service_start (pos_server_id)
      where finished_at is null`.execute(db);
}
