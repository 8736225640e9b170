import { type Kysely, sql } from "kysely";

/** Why a POS server is parked, who did it and when that ends by itself; whether it is parked stays in `pos_server`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table parking (
      pos_server_id integer primary key references pos_server (id) on delete cascade,
      parked_at integer not null,
      user_id integer,
      user_name text,
      reason text,
      ends_at integer
    ) strict`.execute(db);
  await sql`create index parking_ends on parking (ends_at) where ends_at is not null`.execute(db);

  for (const change of ["insert", "update", "delete"]) {
    await sql
      .raw(
        `create trigger parking_${change}_seen_at_once after ${change} on parking
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
