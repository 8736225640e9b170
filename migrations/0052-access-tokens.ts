import { type Kysely, sql } from "kysely";

/** Tokens of programs, beside the links to the wall; both are stored as hashes only, with their organizations. */
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
  await sql`
    insert into access_token
      select id, 'wall', token_hash, name,
        iif(has_all_organizations, null, (
          select coalesce(group_concat(organization_id, ' '), '')
          from wall_token_organization where wall_token_id = wall_token.id)),
        null, null, language, time_zone, user_id, user_name, created_at, used_at
      from wall_token`.execute(db);
  await sql`drop table wall_token_organization`.execute(db);
  await sql`drop table wall_token`.execute(db);
}
