import { type Kysely, sql } from "kysely";

/** By what the last exchange of a POS server is known: `guess` = by general phrases of its log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pos_status add column log_evidence text`.execute(db);
  await sql`
    create index pos_status_guess on pos_status (standing, organization_id, state)
    where log_evidence = 'guess'`.execute(db);
}
