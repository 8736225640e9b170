import { type Kysely, sql } from "kysely";

/** As the status page orders states, worst first: spelled in the same way, or the index serves nobody. */
const STATE_RANK = `case state when 'sync_error' then 0 when 'service_stopped' then 1 when 'not_serving' then 2
  when 'unreachable' then 3 when 'sync_stale' then 4 when 'update_required' then 5 when 'pending' then 6
  when 'synced' then 7 when 'unsupported' then 8 end`;
/** Within a state the longest first; of those that exchange the one that began last. */
const STATE_AGE = "case when state = 'synced' then -state_since else state_since end";
/** As in 0012. */
const ERROR_RANK = `case when error_search is not null then 0 else case state when 'sync_error' then 1
  when 'service_stopped' then 2 when 'not_serving' then 3 when 'unreachable' then 4 when 'sync_stale' then 5
  else 6 end end`;

/** What agents find when they look at what an exchange needs, and a state of its own for a service that answers no till. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table pos_check (
      pos_server_id integer not null references pos_server (id) on delete cascade,
      check_id text not null,
      outcome text not null,
      value text,
      detail text,
      since integer not null,
      primary key (pos_server_id, check_id)
    ) strict, without rowid`.execute(db);
  await sql`alter table pos_status add column failed_checks text`.execute(db);
  await sql`alter table pos_status add column port_silent_reports integer`.execute(db);
  await sql`alter table pos_status add column port_checked_at integer`.execute(db);

  await sql`drop index pos_status_state`.execute(db);
  await sql
    .raw(
      `create index pos_status_state on pos_status (${STATE_RANK}, ${STATE_AGE}, organization_sort, name_sort)`,
    )
    .execute(db);
  await sql`drop index pos_status_error`.execute(db);
  await sql
    .raw(
      `create index pos_status_error on pos_status (${ERROR_RANK}, error_search, organization_sort, name_sort)`,
    )
    .execute(db);
}
