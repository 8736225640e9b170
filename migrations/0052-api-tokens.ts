import { type Kysely, sql } from "kysely";

/** What programs may see and do by the API, by tokens that are stored as hashes only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_token (
      id integer primary key autoincrement,
      token_hash blob not null unique,
      name text not null,
      scopes text not null,
      has_all_organizations integer not null,
      ends_at integer not null,
      user_id integer,
      user_name text not null,
      created_at integer not null,
      used_at integer
    ) strict`.execute(db);
  await sql`
    create table api_token_organization (
      api_token_id integer not null references api_token (id) on delete cascade,
      organization_id integer not null references organization (id) on delete cascade,
      primary key (api_token_id, organization_id)
    ) strict, without rowid`.execute(db);
  await sql`create index api_token_organization_organization on api_token_organization (organization_id)`.execute(
    db,
  );
}
