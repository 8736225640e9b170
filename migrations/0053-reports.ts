import { type Kysely, sql } from "kysely";

/**
 * Reports of past times stay as they were: opening hours that have been changed, and the histories of POS servers in the
 * organizations that they have left. Who gets the weekly report by mail.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table past_opening_hours (
      id integer primary key,
      organization_id integer references organization (id) on delete cascade,
      pos_server_id integer references pos_server (id) on delete cascade,
      time_zone text,
      hours text,
      works text not null,
      until_at integer not null
    ) strict`.execute(db);
  await sql`create index past_opening_hours_organization on past_opening_hours (organization_id)`.execute(db);
  await sql`create index past_opening_hours_pos_server on past_opening_hours (pos_server_id)`.execute(db);
  await sql`
    create table past_stay (
      id integer primary key,
      pos_server_id integer references pos_server (id) on delete set null,
      organization_id integer not null references organization (id) on delete cascade,
      name text not null,
      tag_ids text,
      from_at integer not null,
      to_at integer not null,
      has_exchanged integer not null,
      rows blob not null
    ) strict`.execute(db);
  await sql`create index past_stay_to on past_stay (to_at)`.execute(db);
  await sql`create index past_stay_organization on past_stay (organization_id)`.execute(db);
  await sql`create index past_stay_pos_server on past_stay (pos_server_id, to_at)`.execute(db);
  await sql`alter table delivery add column text text`.execute(db);
  await sql`
    create table report_subscription (
      id integer primary key,
      user_id integer not null references user (id) on delete cascade,
      organization_id integer references organization (id) on delete cascade,
      tag_id integer references tag (id) on delete cascade,
      last_week text
    ) strict`.execute(db);
  await sql`
    create unique index report_subscription_user
      on report_subscription (user_id, coalesce(organization_id, 0), coalesce(tag_id, 0))`.execute(db);
  await sql`create index report_subscription_organization on report_subscription (organization_id)`.execute(
    db,
  );
  await sql`create index report_subscription_tag on report_subscription (tag_id)`.execute(db);
}
