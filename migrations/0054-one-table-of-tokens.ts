import { type Kysely, sql } from "kysely";

/** Tokens of the API and links to the wall were alike: one table has both, with the organizations in the row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table access_token (
      id integer primary key autoincrement,
      kind text not null,
      token_hash blob not null unique,
      name text not null,
      organization_ids text,
      scopes text,
      ends_at integer,
      language text,
      time_zone text,
      user_id integer,
      user_name text not null,
      created_at integer not null,
      used_at integer
    ) strict`.execute(db);
  // A later token must not get the id of a removed one, which the audit log and batches name.
  await sql`
    insert into sqlite_sequence (name, seq)
      select 'access_token', seq from sqlite_sequence where name = 'api_token'`.execute(db);
  await sql`
    insert into access_token
      select id, 'api', token_hash, name,
        iif(has_all_organizations, null, (
          select coalesce(group_concat(organization_id, ' '), '')
          from api_token_organization where api_token_id = api_token.id)),
        scopes, ends_at, null, null, user_id, user_name, created_at, used_at
      from api_token`.execute(db);
  await sql`
    insert into access_token (kind, token_hash, name, organization_ids, language, time_zone, user_id, user_name,
        created_at, used_at)
      select 'wall', token_hash, name,
        iif(has_all_organizations, null, (
          select coalesce(group_concat(organization_id, ' '), '')
          from wall_token_organization where wall_token_id = wall_token.id)),
        language, time_zone, user_id, user_name, created_at, used_at
      from wall_token order by id`.execute(db);
  for (const table of ["api_token_organization", "api_token", "wall_token_organization", "wall_token"])
    await sql`drop table ${sql.table(table)}`.execute(db);
}
