import { type Kysely, sql } from "kysely";

/**
 * An agent may wait for an administrator without a code: one that dials in for a POS server that is called by its address. Of two machines
 * with one identity, who stay known until somebody has decided, one is refused, and a reset is for the machine that was shown.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table enrolment_anew (
      id integer primary key autoincrement,
      enrolment_code_id integer references enrolment_code (id) on delete cascade,
      identity text not null unique,
      sealed_token blob not null,
      fingerprint text,
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
  await sql`insert into enrolment_anew select * from enrolment`.execute(db);
  await sql`drop table enrolment`.execute(db);
  await sql`alter table enrolment_anew rename to enrolment`.execute(db);
  await sql`create index enrolment_code_used on enrolment (enrolment_code_id)`.execute(db);
  await sql`create index enrolment_pos_server on enrolment (pos_server_id)`.execute(db);
  await sql`create index enrolment_awaited on enrolment (asked_at) where state = 'awaited'`.execute(db);
  await sql`alter table pos_server add column rival_agents text`.execute(db);
  await sql`alter table pos_server add column refused_agent text`.execute(db);
  await sql`alter table pos_status add column agent_machine text`.execute(db);
  await sql`alter table database_reset add column agent_machine text`.execute(db);
}
