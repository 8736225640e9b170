import { type Kysely, sql } from "kysely";

/** Codes by which agents are let in, of which only a hash is stored, and the agents that have used them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table enrolment_code (
      id integer primary key autoincrement,
      secret_hash blob not null unique,
      organization_id integer references organization (id) on delete cascade,
      pos_server_id integer references pos_server (id) on delete cascade,
      max_uses integer not null,
      uses integer not null default 0,
      created_at integer not null,
      ends_at integer not null,
      taken_back_at integer,
      user_id integer,
      user_name text not null
    ) strict`.execute(db);
  await sql`create index enrolment_code_organization on enrolment_code (organization_id)`.execute(db);
  await sql`create index enrolment_code_pos_server on enrolment_code (pos_server_id)`.execute(db);
  await sql`
    create table enrolment (
      id integer primary key autoincrement,
      enrolment_code_id integer not null references enrolment_code (id) on delete cascade,
      identity text not null unique,
      sealed_token blob not null,
      fingerprint text not null,
      host text not null,
      address text not null,
      crm_id text,
      version text,
      state text not null,
      asked_at integer not null,
      decided_at integer,
      decided_by text,
      pos_server_id integer references pos_server (id) on delete set null
    ) strict`.execute(db);
  await sql`create index enrolment_code_used on enrolment (enrolment_code_id)`.execute(db);
  await sql`create index enrolment_pos_server on enrolment (pos_server_id)`.execute(db);
  await sql`create index enrolment_awaited on enrolment (asked_at) where state = 'awaited'`.execute(db);
}
