import { type Kysely, sql } from "kysely";

/** Random keys need no index that keeps them apart, and nobody looks for them: it was a third of what the outbox takes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table new_delivery (
      id integer primary key autoincrement,
      channel_id integer not null references channel (id) on delete cascade,
      message_id integer references message (id) on delete cascade,
      about_channel_id integer references channel (id) on delete cascade,
      kind text not null,
      key text not null,
      queued_at integer not null,
      due_at integer not null,
      attempts integer not null default 0,
      claimed_by text,
      finished_at integer,
      outcome text,
      failure_code text,
      failure_detail text,
      tried_at integer
    ) strict`.execute(db);
  await sql`insert into new_delivery select * from delivery`.execute(db);
  await sql`drop table delivery`.execute(db);
  await sql`alter table new_delivery rename to delivery`.execute(db);
  for (const [name, rows] of Object.entries({
    open: "(channel_id, id) where finished_at is null",
    channel: "(channel_id, id)",
    finished: "(finished_at) where finished_at is not null",
    message: "(message_id, id) where message_id is not null",
    summary: "(channel_id, queued_at) where kind = 'summary'",
    about: "(about_channel_id) where about_channel_id is not null",
  }))
    await sql.raw(`create index delivery_${name} on delivery ${rows}`).execute(db);
}
