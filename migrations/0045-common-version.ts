import { type Kysely, sql } from "kysely";

/** The newest common version, which is asked for every few seconds, is found without reading every POS server. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index pos_status_version`.execute(db);
  await sql`create index pos_status_version on pos_status (version_sort, standing, version)`.execute(db);
}
