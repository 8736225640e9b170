import { type Kysely, sql } from "kysely";

/** What became of the exchange after the start of a service: whether it is waited for, which one proved it, and since when the service ran. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table service_start add column exchange text`.execute(db);
  await sql`alter table service_start add column synced_at integer`.execute(db);
  await sql`alter table service_start add column runs_at integer`.execute(db);
  await sql`alter table database_reset add column runs_at integer`.execute(db);
  await sql`create index service_start_awaited on service_start (id) where exchange = 'awaited'`.execute(db);
}
