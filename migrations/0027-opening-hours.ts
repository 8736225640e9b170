import { type Kysely, sql } from "kysely";

/** As the status page orders states, worst first: spelled in the same way, or the index serves nobody. */
const STATE_RANK = `case state when 'sync_error' then 0 when 'service_stopped' then 1 when 'not_serving' then 2
  when 'unreachable' then 3 when 'sync_stale' then 4 when 'update_required' then 5 when 'pending' then 6
  when 'closed' then 7 when 'synced' then 8 when 'unsupported' then 9 end`;
/** As in 0018. */
const STATE_AGE = "case when state = 'synced' then -state_since else state_since end";

/** When restaurants work, which works are planned in them, and a state of its own for a POS server that is off meanwhile. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table opening_hours (
      id integer primary key,
      organization_id integer unique references organization (id) on delete cascade,
      pos_server_id integer unique references pos_server (id) on delete cascade,
      time_zone text,
      hours text,
      works text not null,
      check ((organization_id is null) <> (pos_server_id is null))
    ) strict`.execute(db);
  await sql`alter table pos_status add column closed_for text`.execute(db);
  await sql`alter table pos_status add column closed_until integer`.execute(db);
  await sql`alter table pos_status add column closing_changes_at integer`.execute(db);
  await sql`
    create index pos_status_closing on pos_status (closing_changes_at)
    where closing_changes_at is not null`.execute(db);

  const look = (condition: string) => `update pos_status set closing_changes_at = 0 where ${condition};`;
  for (const [change, row] of Object.entries({ insert: "new", update: "new", delete: "old" })) {
    await sql
      .raw(
        `create trigger opening_hours_${change}_seen_at_once after ${change} on opening_hours
         begin
           update database_revision set revision = random() >> 11;
           ${look(`pos_server_id = ${row}.pos_server_id`)}
           ${look(`organization_id = ${row}.organization_id`)}
         end`,
      )
      .execute(db);
  }
  await sql
    .raw(
      `create trigger pos_server_of_other_hours after update of organization_id on pos_server
       begin ${look("pos_server_id = new.id")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger pos_status_has_hours after insert on pos_status
       when exists (
         select 1 from opening_hours join pos_server using (organization_id) where pos_server.id = new.pos_server_id
       )
       begin ${look("pos_server_id = new.pos_server_id")} end`,
    )
    .execute(db);

  await sql`drop index pos_status_state`.execute(db);
  await sql
    .raw(
      `create index pos_status_state on pos_status (${STATE_RANK}, ${STATE_AGE}, organization_sort, name_sort)`,
    )
    .execute(db);
}
