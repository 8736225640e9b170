import { type Kysely, sql } from "kysely";

/** As the status page orders states, worst first: spelled in the same way, or the index serves nobody. */
const STATE_RANK = `case state when 'sync_error' then 0 when 'service_stopped' then 1 when 'unreachable' then 2
  when 'sync_stale' then 3 when 'update_required' then 4 when 'pending' then 5 when 'synced' then 6
  when 'unsupported' then 7 end`;
/** Within a state the longest first; of those that exchange the one that began last. */
const STATE_AGE = "case when state = 'synced' then -state_since else state_since end";

const PROBLEMS = "('sync_error', 'service_stopped', 'unreachable', 'sync_stale')";
const EXCHANGING = "('update_required', 'synced')";

/** How long trouble has lasted, and who came out of it: they change with transitions only, so indexes cost polls nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column problem_since integer`.execute(db);
  await sql`alter table pos_status add column recovered_at integer`.execute(db);
  await sql
    .raw(
      `update pos_status set problem_since = coalesce((
         select min(at) from state_change problem
         where problem.pos_server_id = pos_status.pos_server_id and problem.state in ${PROBLEMS} and problem.id > coalesce((
           select max(id) from state_change other
           where other.pos_server_id = pos_status.pos_server_id and other.state not in ${PROBLEMS}), 0)
       ), state_since) where state in ${PROBLEMS}`,
    )
    .execute(db);
  await sql
    .raw(
      `update pos_status set recovered_at = (
         select min(at) from state_change recovery
         where recovery.pos_server_id = pos_status.pos_server_id and recovery.state in ${EXCHANGING} and recovery.id > (
           select max(id) from state_change problem
           where problem.pos_server_id = pos_status.pos_server_id and problem.state in ${PROBLEMS})
       ) where state in ${EXCHANGING}`,
    )
    .execute(db);

  for (const column of ["problem_since", "recovered_at"]) {
    await sql
      .raw(
        `create index pos_status_${column} on pos_status (${column}, standing, organization_id) where ${column} is not null`,
      )
      .execute(db);
  }
  await sql`drop index pos_status_state`.execute(db);
  await sql
    .raw(
      `create index pos_status_state on pos_status (${STATE_RANK}, ${STATE_AGE}, organization_sort, name_sort)`,
    )
    .execute(db);
}
