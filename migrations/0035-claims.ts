import { type Kysely, sql } from "kysely";

/** What is worked on is claimed by a run of the monitor, for no time: what one that has ended had claimed is free. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["log_request", "database_reset", "service_start", "delivery"]) {
    await sql`alter table ${sql.table(table)} drop column claimed_until`.execute(db);
  }
}
