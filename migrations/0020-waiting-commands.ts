import { type Kysely, sql } from "kysely";

const TABLES = ["log_request", "database_reset", "service_start"];
/** What lists show of it. */
const SEEN_AT_ONCE = ["database_reset", "service_start"];

/** Until when what was asked for may wait for an agent that is away, and since when it does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) {
    await sql.raw(`alter table ${table} add column expires_at integer`).execute(db);
    await sql.raw(`alter table ${table} add column waits_since integer`).execute(db);
    await sql
      .raw(
        `create index ${table}_waiting on ${table} (pos_server_id) where waits_since is not null and finished_at is null`,
      )
      .execute(db);
  }
  for (const table of SEEN_AT_ONCE) {
    await sql
      .raw(
        `create trigger ${table}_waiting_seen_at_once after update of waits_since on ${table}
         when old.waits_since is not new.waits_since
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
