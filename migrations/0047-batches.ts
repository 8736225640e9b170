import { type Kysely, sql } from "kysely";

/** One action for many POS servers: a row, with an item for each, which a runner works through; one entry of the audit log, with theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table batch (
      id integer primary key,
      kind text not null,
      params text not null,
      requested_at integer not null,
      user_id integer references user (id) on delete set null,
      user_login text not null,
      user_name text,
      user_address text not null,
      unseen integer not null,
      stopped_at integer
    ) strict`.execute(db);
  await sql`
    create table batch_item (
      id integer primary key,
      batch_id integer not null references batch (id) on delete cascade,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      position integer not null,
      status text not null,
      code text,
      detail text,
      request_id integer,
      started_at integer,
      finished_at integer,
      claimed_by text
    ) strict`.execute(db);
  await sql`create index batch_item_batch on batch_item (batch_id)`.execute(db);
  await sql`create index batch_item_pos_server on batch_item (pos_server_id)`.execute(db);
  await sql`alter table audit_event add column batch_id integer`.execute(db);
  await sql`create index audit_event_batch on audit_event (batch_id) where batch_id is not null`.execute(db);
  await sql`create index batch_item_open on batch_item (position, id) where finished_at is null`.execute(db);
}
