import { type Kysely, sql } from "kysely";

/** What a screen in the room may show, by a link that is stored as a hash only; and the transitions of a day, by time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table wall_token (
      id integer primary key autoincrement,
      token_hash blob not null unique,
      name text not null,
      has_all_organizations integer not null,
      language text not null,
      time_zone text not null,
      user_id integer,
      user_name text not null,
      created_at integer not null,
      used_at integer
    ) strict`.execute(db);
  await sql`
    create table wall_token_organization (
      wall_token_id integer not null references wall_token (id) on delete cascade,
      organization_id integer not null references organization (id) on delete cascade,
      primary key (wall_token_id, organization_id)
    ) strict, without rowid`.execute(db);
  await sql`create index wall_token_organization_organization on wall_token_organization (organization_id)`.execute(
    db,
  );
  // A link that is taken back is no good from the next request on; that it was used may be seen later.
  for (const table of ["wall_token", "wall_token_organization"]) {
    for (const change of ["insert", "delete"]) {
      await sql
        .raw(
          `create trigger ${table}_${change}_seen_at_once after ${change} on ${table}
           begin update database_revision set revision = random() >> 11; end`,
        )
        .execute(db);
    }
  }
  await sql`create index state_change_at on state_change (at)`.execute(db);
}
