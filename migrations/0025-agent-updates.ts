import { type Kysely, sql } from "kysely";

/** Which version of the agent runs where, and how agents are updated from here: one, then some, then all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    "agent_version",
    "agent_version_sort",
    "agent_platform",
    "update_key",
    "rejected_version",
  ])
    await sql.raw(`alter table pos_status add column ${column} text`).execute(db);
  // Who is to be updated next is looked for every second, and versions are counted over the whole fleet.
  await sql`create index pos_status_agent
    on pos_status (update_key, agent_version_sort, agent_version, agent_platform, standing)`.execute(db);
  await sql`
    create table agent_rollout (
      id integer primary key autoincrement,
      version text not null,
      sha256 text not null,
      key_id text not null,
      wave integer not null,
      wave_size integer not null,
      started_at integer not null,
      user_id integer,
      user_name text not null,
      continued_at integer,
      stopped_at integer,
      stopped_by text
    ) strict`.execute(db);
  await sql`
    create table agent_update (
      rollout_id integer not null references agent_rollout (id) on delete cascade,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      wave integer not null,
      state text not null,
      state_since integer not null,
      again_at integer,
      failure_code text,
      failure_detail text,
      primary key (rollout_id, pos_server_id)
    ) strict, without rowid`.execute(db);
  await sql`create index agent_update_state on agent_update (rollout_id, wave, state)`.execute(db);
  await sql`create index agent_update_pos_server on agent_update (pos_server_id)`.execute(db);
}
