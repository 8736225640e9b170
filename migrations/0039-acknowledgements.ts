import { type Kysely, sql } from "kysely";

/** Who takes care of what is called as in the field. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table taking rename to acknowledgement`.execute(db);
}
