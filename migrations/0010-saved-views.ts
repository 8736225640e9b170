import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table saved_view (
      id integer primary key autoincrement,
      user_id integer not null references user (id) on delete cascade,
      name text not null,
      url text not null,
      unique (user_id, name)
    ) strict`.execute(db);
  for (const change of ["insert", "update", "delete"]) {
    await sql
      .raw(
        `create trigger saved_view_${change}_seen_at_once after ${change} on saved_view
         begin update database_revision set revision = random() >> 11; end`,
      )
      .execute(db);
  }
}
