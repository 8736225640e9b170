import { type Kysely, sql } from "kysely";

const COUNTS = ["failing", "paused", "members"] as const;

/**
 * Incidents: one trouble of one POS server, or of many with the same cause; whom it concerns, how many of which organization,
 * and what became of it. POS servers whose trouble may have changed are queued by triggers, whoever changes it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table incident (
      id integer primary key autoincrement,
      kind text not null,
      pos_server_id integer references pos_server (id) on delete set null,
      cause_key text,
      state text not null,
      failure_code text,
      service_state text,
      last_sync_at integer,
      detail text,
      detail_search text,
      opened_at integer not null,
      joined_at integer not null,
      reopenings integer not null default 0,
      failing_since integer not null,
      down_ms integer not null default 0,
      quiet_at integer,
      closed_at integer,
      ended_by text,
      part_of_id integer references incident (id) on delete set null,
      failing integer not null default 0,
      paused integer not null default 0,
      members integer not null default 0
    ) strict`.execute(db);
  await sql`create index incident_open on incident (kind, cause_key) where closed_at is null`.execute(db);
  await sql`create index incident_silent on incident (id) where closed_at is null and failing = 0`.execute(
    db,
  );
  await sql`create index incident_opened on incident (opened_at)`.execute(db);
  await sql`create index incident_closed on incident (closed_at) where closed_at is not null`.execute(db);
  await sql`create index incident_pos_server on incident (pos_server_id) where pos_server_id is not null`.execute(
    db,
  );
  await sql`create index incident_part_of on incident (part_of_id) where part_of_id is not null`.execute(db);

  await sql`
    create table incident_member (
      id integer primary key autoincrement,
      incident_id integer not null references incident (id) on delete cascade,
      pos_server_id integer references pos_server (id) on delete set null,
      pos_server_name text,
      organization_id integer not null,
      status text not null,
      joined_at integer not null,
      failures integer not null default 1,
      left_at integer,
      left_by text,
      unique (incident_id, pos_server_id)
    ) strict`.execute(db);
  await sql`
    create unique index incident_member_open on incident_member (pos_server_id) where status <> 'left'`.execute(
    db,
  );
  await sql`create index incident_member_pos_server on incident_member (pos_server_id, id)`.execute(db);

  await sql`
    create table incident_organization (
      incident_id integer not null references incident (id) on delete cascade,
      organization_id integer not null,
      failing integer not null default 0,
      paused integer not null default 0,
      members integer not null default 0,
      primary key (incident_id, organization_id)
    ) strict, without rowid`.execute(db);
  await sql`create index incident_organization_incidents on incident_organization (organization_id, incident_id)`.execute(
    db,
  );

  await sql`
    create table incident_event (
      id integer primary key autoincrement,
      incident_id integer not null references incident (id) on delete cascade,
      at integer not null,
      kind text not null,
      detail text
    ) strict`.execute(db);
  await sql`create index incident_event_incident on incident_event (incident_id, id)`.execute(db);

  await sql`
    create table trouble_change (
      pos_server_id integer primary key references pos_server (id) on delete cascade
    ) strict`.execute(db);

  await giveSilentTroubleItsCause(db);
  await createCountTriggers(db);
  await createTroubleTriggers(db);
  await letIncidentsBeTaken(db);
  await sql`
    insert into trouble_change (pos_server_id)
    select pos_server_id from pos_status where problem_since is not null and standing = 'active'`.execute(db);
}

/** A service that is stopped and an exchange that is silent are causes too: many of them at once are one trouble. */
async function giveSilentTroubleItsCause(db: Kysely<unknown>): Promise<void> {
  await sql`
    update pos_status
    set cause_since = state_since,
      cause_key = case when state = 'service_stopped' and service_state = 'not_installed' then 'service_missing' else state end
    where state in ('service_stopped', 'not_serving') or (state = 'sync_stale' and last_sync_at is not null)`.execute(
    db,
  );
}

async function createCountTriggers(db: Kysely<unknown>): Promise<void> {
  const isIn = (row: "new" | "old", count: (typeof COUNTS)[number]) =>
    count === "members" ? "1" : `(${row}.status = '${count}')`;
  const count = (row: "new" | "old", sign: "+" | "-") => `
    insert into incident_organization (incident_id, organization_id, ${COUNTS.join(", ")})
      values (${row}.incident_id, ${row}.organization_id, ${COUNTS.map((one) => `${sign}${isIn(row, one)}`).join(", ")})
      on conflict (incident_id, organization_id) do update
      set ${COUNTS.map((one) => `${one} = ${one} + excluded.${one}`).join(", ")};
    update incident set ${COUNTS.map((one) => `${one} = ${one} ${sign} ${isIn(row, one)}`).join(", ")}
      where id = ${row}.incident_id;`;
  const drop = (row: "old") => `
    delete from incident_organization
      where incident_id = ${row}.incident_id and organization_id = ${row}.organization_id and members <= 0;`;

  await sql
    .raw(
      `create trigger incident_member_counted after insert on incident_member begin ${count("new", "+")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger incident_member_recounted after update of status, organization_id on incident_member
       when old.status <> new.status or old.organization_id <> new.organization_id
       begin ${count("old", "-")} ${count("new", "+")} ${drop("old")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger incident_member_uncounted after delete on incident_member
       begin ${count("old", "-")} ${drop("old")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger pos_server_moved_in_incidents after update of organization_id on pos_server
       when old.organization_id <> new.organization_id
       begin update incident_member set organization_id = new.organization_id where pos_server_id = new.id; end`,
    )
    .execute(db);
}

async function createTroubleTriggers(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create trigger pos_status_trouble_changed after update of state, cause_key, standing on pos_status
       when old.state <> new.state or old.cause_key is not new.cause_key or old.standing <> new.standing
       begin insert into trouble_change (pos_server_id) values (new.pos_server_id) on conflict do nothing; end`,
    )
    .execute(db);
  // What many have in common stands above the list: there at once, like what people decide.
  for (const [change, columns] of Object.entries({ insert: "", update: " of closed_at, cause_key" })) {
    await sql
      .raw(
        `create trigger incident_${change}_seen_at_once after ${change}${columns} on incident when new.kind = 'common'
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}

/** As in 0013, of a POS server or of an incident. */
async function letIncidentsBeTaken(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table new_taking (
      id integer primary key autoincrement,
      pos_server_id integer references pos_server (id) on delete cascade,
      incident_id integer references incident (id) on delete cascade,
      user_id integer references user (id) on delete set null,
      user_name text not null,
      note text,
      taken_at integer not null,
      ends_at integer not null,
      ended_at integer,
      ended_by text,
      check ((pos_server_id is null) <> (incident_id is null))
    ) strict`.execute(db);
  await sql`
    insert into new_taking (id, pos_server_id, user_id, user_name, note, taken_at, ends_at, ended_at, ended_by)
    select id, pos_server_id, user_id, user_name, note, taken_at, ends_at, ended_at, ended_by from taking`.execute(
    db,
  );
  await sql`drop table taking`.execute(db);
  await sql`alter table new_taking rename to taking`.execute(db);
  for (const subject of ["pos_server", "incident"]) {
    const column = `${subject}_id`;
    await sql
      .raw(
        `create unique index taking_open_${subject} on taking (${column})
         where ended_at is null and ${column} is not null`,
      )
      .execute(db);
    await sql
      .raw(`create index taking_${subject} on taking (${column}, id) where ${column} is not null`)
      .execute(db);
  }
  await sql`create index taking_user on taking (user_id)`.execute(db);
  await sql`create index taking_ended on taking (ended_at) where ended_at is not null`.execute(db);
  for (const change of ["insert", "update", "delete"]) {
    await sql
      .raw(
        `create trigger taking_${change}_seen_at_once after ${change} on taking
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
