import { type Kysely, sql } from "kysely";

const COUNTS = { failing: "in ('failing', 'suspended')", paused: "= 'paused'" } as const;
const PROBLEMS = "('sync_error', 'service_stopped', 'not_serving', 'unreachable', 'sync_stale')";

/**
 * What is known of a POS server outlasts its silence: the state that it told last, since when it has been silent, the age of its trouble as the
 * one age of its row, when its version was told. An incident rests while another one covers it (`suspended`, which counts as failing), and knows
 * since when it has its cause and since when its POS server has been silent.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    "silent_since integer",
    "told_state text",
    "told_since integer",
    "version_told_at integer",
  ])
    await sql.raw(`alter table pos_status add column ${column}`).execute(db);
  await sql
    .raw(
      `update pos_status set
         silent_since = case when failed_polls > 0 then case state when 'unreachable' then state_since else last_poll_at end end,
         told_state = case when last_update_at is null then null when state not in ('unreachable', 'closed', 'pending') then state else (
           select state from state_change change where change.pos_server_id = pos_status.pos_server_id
             and change.state not in ('unreachable', 'closed', 'pending', 'parked') order by change.id desc limit 1) end`,
    )
    .execute(db);
  // Nobody knows what was before the last silence of one that was well in between.
  await sql
    .raw(
      `update pos_status set told_state = null
       where state = 'unreachable' and told_state in ${PROBLEMS} and problem_since >= silent_since`,
    )
    .execute(db);
  await sql
    .raw(`update pos_status set told_since = problem_since where told_state in ${PROBLEMS}`)
    .execute(db);
  await sql
    .raw(`update pos_status set state_since = problem_since where problem_since is not null`)
    .execute(db);

  await sql.raw("alter table incident add column cause_at integer not null default 0").execute(db);
  await sql.raw("alter table incident add column silent_since integer").execute(db);
  await sql
    .raw(
      `update incident set cause_at = coalesce((
         select max(at) from incident_event where incident_id = incident.id and kind = 'cause'), opened_at)`,
    )
    .execute(db);
  await sql`drop index incident_member_open`.execute(db);
  await sql`create index incident_member_open on incident_member (pos_server_id) where status <> 'left'`.execute(
    db,
  );
  await countSuspendedAsFailing(db);
  await sql`drop trigger incident_changed_queued`.execute(db);
  // That it is silent changes what was told of it, and nothing else.
  for (const [name, change] of Object.entries({
    incident_changed_queued:
      "after update of failing, paused, members, reopenings, cause_key, state, quiet_at, closed_at, ended_by on incident",
    incident_silent_queued: `after update of silent_since on incident
      when exists (select 1 from message where incident_id = new.id)`,
  })) {
    await sql
      .raw(
        `create trigger ${name} ${change} begin
           insert into incident_change (incident_id, due_at) values (new.id, 0)
           on conflict (incident_id) do update set due_at = 0 where due_at > 0;
         end`,
      )
      .execute(db);
  }
}

/** As in 0028, but for what counts as failing. */
async function countSuspendedAsFailing(db: Kysely<unknown>): Promise<void> {
  const counted = (row: "new" | "old", column: keyof typeof COUNTS) => `(${row}.status ${COUNTS[column]})`;
  const columns = ["failing", "paused"] as const;
  const count = (row: "new" | "old", sign: "+" | "-") => `
    insert into incident_organization (incident_id, organization_id, failing, paused, members)
      values (${row}.incident_id, ${row}.organization_id, ${columns.map((one) => `${sign}${counted(row, one)}`).join(", ")}, ${sign}1)
      on conflict (incident_id, organization_id) do update set failing = failing + excluded.failing,
        paused = paused + excluded.paused, members = members + excluded.members;
    update incident set ${columns.map((one) => `${one} = ${one} ${sign} ${counted(row, one)}`).join(", ")},
      members = members ${sign} 1 where id = ${row}.incident_id;`;
  const drop = `
    delete from incident_organization
      where incident_id = old.incident_id and organization_id = old.organization_id and members <= 0;`;
  const bodies = {
    incident_member_counted: `after insert on incident_member begin ${count("new", "+")} end`,
    incident_member_recounted: `after update of status, organization_id on incident_member
      when ${columns.map((one) => `${counted("old", one)} <> ${counted("new", one)} or`).join(" ")}
        old.organization_id <> new.organization_id
      begin ${count("old", "-")} ${count("new", "+")} ${drop} end`,
    incident_member_uncounted: `after delete on incident_member begin ${count("old", "-")} ${drop} end`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    await sql.raw(`drop trigger ${name}`).execute(db);
    await sql.raw(`create trigger ${name} ${body}`).execute(db);
  }
}
