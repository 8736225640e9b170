import { type Kysely, sql } from "kysely";

/** «Где ещё?»: a search that agents carry out in their logs, with what each POS server found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_search (
      id integer primary key,
      user_id integer not null references user (id) on delete cascade,
      pos_server_id integer references pos_server (id) on delete set null,
      text text not null,
      from_at integer not null,
      to_at integer not null,
      place text not null,
      requested_at integer not null,
      stopped_at integer
    ) strict`.execute(db);
  await sql`create index log_search_user on log_search (user_id, id)`.execute(db);
  await sql`create index log_search_pos_server on log_search (pos_server_id)`.execute(db);
  await sql`
    create table log_search_item (
      log_search_id integer not null references log_search (id) on delete cascade,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      status text not null,
      code text,
      detail text,
      asked_at integer,
      count integer not null default 0,
      first_at integer,
      last_at integer,
      bars text,
      line text,
      line_at integer,
      file text,
      unread_files integer not null default 0,
      unread_bytes integer not null default 0,
      primary key (log_search_id, pos_server_id)
    ) strict, without rowid`.execute(db);
  await sql`create index log_search_item_pos_server on log_search_item (pos_server_id)`.execute(db);
}
