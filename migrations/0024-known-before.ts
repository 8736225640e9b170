import { type Kysely, sql } from "kysely";

/**
 * What a report may leave out: when it was last told what the service does, which counts for a while, and whether an exchange has
 * ever been seen, which a later success then recovers. Reports in a row that did not tell the former are counted no more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status drop column service_unread_reports`.execute(db);
  await sql`alter table pos_status add column service_told_at integer`.execute(db);
  await sql`alter table pos_status add column has_exchanged integer not null default 0`.execute(db);
  await sql`update pos_status set service_told_at = last_update_at where service_state is not null`.execute(
    db,
  );
  await sql`
    update pos_status set has_exchanged = 1
    where last_sync_at is not null
      or state in ('synced', 'update_required')
      or exists (
        select 1 from state_change
        where state_change.pos_server_id = pos_status.pos_server_id
          and state_change.state in ('synced', 'update_required')
      )
  `.execute(db);
}
