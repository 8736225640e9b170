import { type Kysely, sql } from "kysely";

/** What stays of an event for ever; only how often it was repeated may grow. */
const KEPT = [
  ...["id", "at", "user_id", "user_login", "user_name", "address", "action", "result", "subject"],
  ...["organization_id", "pos_server_id", "detail", "detail_parts", "repeat_key"],
];

/** What is repeated over and over is one event with a count: a flood of refusals must not become one of rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_event add column times integer not null default 1`.execute(db);
  await sql`alter table audit_event add column last_at integer`.execute(db);
  await sql`alter table audit_event add column repeat_key blob`.execute(db);
  await sql`create unique index audit_event_repeated on audit_event (repeat_key) where repeat_key is not null`.execute(
    db,
  );
  await sql`drop trigger audit_event_stays`.execute(db);
  const isKept = KEPT.map((column) => `new.${column} is old.${column}`).join(" and ");
  await sql
    .raw(
      `create trigger audit_event_stays before update on audit_event
       when not (${isKept} and new.times = old.times + 1 and old.repeat_key is not null)
       begin select raise(abort, 'the audit log is append-only'); end`,
    )
    .execute(db);
}
