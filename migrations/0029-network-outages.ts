import { type Kysely, sql } from "kysely";

/** When the network of Poswatch itself was gone: then nothing is known of any POS server. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table network_outage (
      id integer primary key autoincrement,
      began_at integer not null,
      ended_at integer
    ) strict`.execute(db);
  await sql`create index network_outage_ended on network_outage (ended_at)`.execute(db);
  for (const change of ["insert", "update", "delete"]) {
    await sql
      .raw(
        `create trigger network_outage_${change}_seen_at_once after ${change} on network_outage
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
