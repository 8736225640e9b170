import { type Kysely, sql } from "kysely";

/** Who takes care of a POS server, until when, and how that ended; and what people know of its restaurant. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table taking (
      id integer primary key autoincrement,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      user_id integer references user (id) on delete set null,
      user_name text not null,
      note text,
      taken_at integer not null,
      ends_at integer not null,
      ended_at integer,
      ended_by text
    ) strict`.execute(db);
  await sql`create unique index taking_open on taking (pos_server_id) where ended_at is null`.execute(db);
  await sql`create index taking_pos_server on taking (pos_server_id, id)`.execute(db);
  await sql`create index taking_user on taking (user_id)`.execute(db);
  await sql`create index taking_ended on taking (ended_at) where ended_at is not null`.execute(db);

  await sql`
    create table restaurant_note (
      pos_server_id integer primary key references pos_server (id) on delete cascade,
      phone text,
      person text,
      text text,
      user_id integer,
      user_name text not null,
      changed_at integer not null
    ) strict`.execute(db);

  for (const table of ["taking", "restaurant_note"]) {
    for (const change of ["insert", "update", "delete"]) {
      await sql
        .raw(
          `create trigger ${table}_${change}_seen_at_once after ${change} on ${table}
           begin update database_revision set revision = random() >> 11; end`,
        )
        .execute(db);
    }
  }
}
