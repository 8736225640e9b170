import { type Kysely, sql } from "kysely";

/**
 * Who is told of incidents: channels (the ways out), rules (of what, and when), messages (one of an incident in a channel) and deliveries
 * (the outbox). Incidents of which something may have to be told are queued by triggers, whoever changes them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table channel (
      id integer primary key autoincrement,
      kind text not null,
      name text not null,
      user_id integer references user (id) on delete cascade,
      via_id integer references channel (id) on delete cascade,
      settings text not null,
      secrets blob,
      language text not null,
      time_zone text not null,
      is_enabled integer not null default 1,
      created_at integer not null,
      failed_tries integer not null default 0,
      retry_at integer,
      failing_since integer,
      failure_code text,
      failure_detail text,
      delivered_at integer
    ) strict`.execute(db);
  await sql`create index channel_user on channel (user_id) where user_id is not null`.execute(db);
  await sql`create index channel_via on channel (via_id) where via_id is not null`.execute(db);

  await sql`
    create table telling_rule (
      id integer primary key autoincrement,
      channel_id integer not null references channel (id) on delete cascade,
      has_all_organizations integer not null,
      tags text not null,
      states text not null,
      after_ms integer not null,
      is_common_at_once integer not null,
      quiet_from integer,
      quiet_to integer,
      repeat_ms integer,
      escalate_ms integer,
      escalate_channel_id integer references channel (id) on delete set null,
      created_at integer not null
    ) strict`.execute(db);
  await sql`create index telling_rule_channel on telling_rule (channel_id)`.execute(db);
  await sql`create index telling_rule_escalates on telling_rule (escalate_channel_id) where escalate_channel_id is not null`.execute(
    db,
  );
  await sql`
    create table telling_rule_organization (
      rule_id integer not null references telling_rule (id) on delete cascade,
      organization_id integer not null references organization (id) on delete cascade,
      primary key (rule_id, organization_id)
    ) strict, without rowid`.execute(db);
  await sql`create index telling_rule_organization_rules on telling_rule_organization (organization_id)`.execute(
    db,
  );
  await sql`
    create table message (
      id integer primary key autoincrement,
      channel_id integer not null references channel (id) on delete cascade,
      incident_id integer not null references incident (id) on delete cascade,
      rule_id integer references telling_rule (id) on delete set null,
      says text not null,
      told_at integer not null,
      alerted_at integer not null,
      escalated_at integer,
      said text,
      said_digest text,
      said_at integer,
      reference text,
      unique (incident_id, channel_id)
    ) strict`.execute(db);
  await sql`create index message_channel on message (channel_id, told_at)`.execute(db);
  await sql`create index message_rule on message (rule_id)`.execute(db);

  await sql`
    create table delivery (
      id integer primary key autoincrement,
      channel_id integer not null references channel (id) on delete cascade,
      message_id integer references message (id) on delete cascade,
      about_channel_id integer references channel (id) on delete cascade,
      kind text not null,
      key text not null unique,
      queued_at integer not null,
      due_at integer not null,
      attempts integer not null default 0,
      claimed_by text,
      claimed_until integer,
      finished_at integer,
      outcome text,
      failure_code text,
      failure_detail text
    ) strict`.execute(db);
  await sql`create index delivery_open on delivery (channel_id, id) where finished_at is null`.execute(db);
  await sql`create index delivery_channel on delivery (channel_id, id)`.execute(db);
  await sql`create index delivery_finished on delivery (finished_at) where finished_at is not null`.execute(
    db,
  );
  await sql`create index delivery_message on delivery (message_id, id) where message_id is not null`.execute(
    db,
  );
  await sql`create index delivery_summary on delivery (channel_id, queued_at) where kind = 'summary'`.execute(
    db,
  );
  await sql`create index delivery_about on delivery (about_channel_id) where about_channel_id is not null`.execute(
    db,
  );

  await sql`
    create table messenger_account (
      user_id integer not null references user (id) on delete cascade,
      channel_id integer not null references channel (id) on delete cascade,
      account_id text not null,
      name text not null,
      linked_at integer not null,
      primary key (user_id, channel_id),
      unique (channel_id, account_id)
    ) strict, without rowid`.execute(db);
  await sql`
    create table messenger_code (
      user_id integer not null references user (id) on delete cascade,
      channel_id integer not null references channel (id) on delete cascade,
      code_hash blob not null unique,
      expires_at integer not null,
      primary key (user_id, channel_id)
    ) strict, without rowid`.execute(db);

  await sql`
    create table push_key (
      id integer primary key check (id = 1),
      public_key text not null,
      private_key blob not null,
      created_at integer not null
    ) strict`.execute(db);

  await sql`
    create table incident_change (
      incident_id integer primary key references incident (id) on delete cascade,
      due_at integer not null
    ) strict`.execute(db);
  await sql`create index incident_change_due on incident_change (due_at)`.execute(db);

  await createChangeTriggers(db);
  await sql`insert into incident_change (incident_id, due_at) select id, 0 from incident where closed_at is null`.execute(
    db,
  );
  await createRevisionTriggers(db);
}

async function createChangeTriggers(db: Kysely<unknown>): Promise<void> {
  const queue = (selected: string) =>
    `insert into incident_change (incident_id, due_at) ${selected}
     on conflict (incident_id) do update set due_at = 0 where due_at > 0;`;
  await sql
    .raw(
      `create trigger incident_opened_queued after insert on incident
       begin ${queue("values (new.id, 0)")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger incident_changed_queued
       after update of failing, paused, members, reopenings, cause_key, state, quiet_at, closed_at, ended_by on incident
       begin ${queue("values (new.id, 0)")} end`,
    )
    .execute(db);
  // Of a POS server, what is taken is told with the incident that it is in.
  const taken = `
    select id, 0 from incident where id = new.incident_id
    union all
    select incident_id, 0 from incident_member
    where incident_member.pos_server_id = new.pos_server_id and status <> 'left'`;
  for (const change of ["insert", "update"]) {
    await sql
      .raw(`create trigger taking_${change}_queued after ${change} on taking begin ${queue(taken)} end`)
      .execute(db);
  }
}

/** What is tried and delivered is on no page but their own. */
async function createRevisionTriggers(db: Kysely<unknown>): Promise<void> {
  const columns = "name, settings, secrets, language, time_zone, is_enabled, failing_since, failure_code";
  const isOther = columns
    .split(", ")
    .map((column) => `old.${column} is not new.${column}`)
    .join(" or ");
  for (const [change, when] of [
    ["insert", ""],
    ["update", `when ${isOther}`],
    ["delete", ""],
  ]) {
    await sql
      .raw(
        `create trigger channel_${change}_seen_at_once after ${change} on channel ${when}
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
