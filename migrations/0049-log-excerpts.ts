import { type Kysely, sql } from "kysely";

/** Lines of the log around the beginning and the end of an error, which the monitor fetches by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_excerpt (
      id integer primary key,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      kind text not null,
      noticed_at integer not null,
      reported_at text,
      text text not null,
      due_at integer not null,
      attempts integer not null default 0,
      failure_code text,
      failure_detail text,
      clock_shift_ms integer not null,
      file text,
      entries blob,
      finished_at integer,
      claimed_by text
    ) strict`.execute(db);
  await sql`create index log_excerpt_open on log_excerpt (due_at) where finished_at is null`.execute(db);
  await sql`create index log_excerpt_pos_server on log_excerpt (pos_server_id, noticed_at)`.execute(db);
  // Of those that fail already, the lines are fetched now.
  await sql`
    insert into log_excerpt (pos_server_id, kind, noticed_at, reported_at, text, due_at, clock_shift_ms)
    select pos_server_id, 'failure', unixepoch() * 1000,
      strftime('%Y-%m-%dT%H:%M:%fZ', (sync_error_at - coalesce(clock_shift_ms, 0)) / 1000.0, 'unixepoch'),
      sync_error, 0, coalesce(clock_shift_ms, 0)
    from pos_status where sync_error is not null and standing = 'active' limit 1000`.execute(db);
  await sql`alter table pos_server add column keeps_log_lines integer not null default 1`.execute(db);
  await sql`alter table channel add column sends_log_lines integer not null default 0`.execute(db);
}
