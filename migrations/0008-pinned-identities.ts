import { type Kysely, sql } from "kysely";

/** What people change of a POS server. */
const CHANGED_BY_PEOPLE = [
  ...["organization_id", "name", "connection", "address", "sealed_token", "fingerprint"],
  ...["poll_interval_ms", "parked"],
].join(", ");

/**
 * A POS server that was registered without an identity gets it from its first report, which is a poll like any other:
 * thousands of them must not have the registry read and every page made anew. Who takes an identity away names other columns too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [trigger, statement] of [
    ["pos_server_update_revised", "update registry_revision set revision = revision + 1"],
    ["pos_server_update_seen_at_once", "update database_revision set revision = random() >> 11"],
  ]) {
    await sql.raw(`drop trigger ${trigger}`).execute(db);
    await sql
      .raw(
        `create trigger ${trigger} after update of ${CHANGED_BY_PEOPLE} on pos_server begin ${statement}; end`,
      )
      .execute(db);
  }
}
