import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user (
      id integer primary key autoincrement,
      login text not null unique,
      name text not null,
      name_sort text not null,
      search_text text not null,
      password_hash text,
      is_administrator integer not null default 0,
      is_blocked integer not null default 0,
      has_all_organizations integer not null default 0,
      language text,
      time_zone text,
      created_at integer not null
    ) strict`.execute(db);

  await sql`
    create table user_organization (
      user_id integer not null references user (id) on delete cascade,
      organization_id integer not null references organization (id) on delete cascade,
      primary key (user_id, organization_id)
    ) strict, without rowid`.execute(db);
  await sql`create index user_organization_organization on user_organization (organization_id)`.execute(db);

  await sql`
    create table session (
      id integer primary key autoincrement,
      token_hash blob not null unique,
      user_id integer not null references user (id) on delete cascade,
      created_at integer not null,
      seen_at integer not null,
      address text not null,
      browser text not null
    ) strict`.execute(db);
  await sql`create index session_user on session (user_id)`.execute(db);

  await sql`
    create table invitation (
      user_id integer primary key references user (id) on delete cascade,
      token_hash blob not null unique,
      expires_at integer not null
    ) strict`.execute(db);

  await sql`
    create table audit_event (
      id integer primary key autoincrement,
      at integer not null,
      user_id integer,
      user_login text not null,
      user_name text,
      address text not null,
      action text not null,
      result text not null,
      subject text,
      organization_id integer,
      pos_server_id integer,
      detail text
    ) strict`.execute(db);
  await sql`create index audit_event_at on audit_event (at)`.execute(db);
  await sql`create index audit_event_organization on audit_event (organization_id, at)`.execute(db);
  await sql`create index audit_event_pos_server on audit_event (pos_server_id, at)`.execute(db);
  await sql`create index audit_event_user on audit_event (user_id, at)`.execute(db);
  await sql`create index audit_event_action on audit_event (action, at)`.execute(db);
  await sql
    .raw(
      `create trigger audit_event_stays before update on audit_event
       begin select raise(abort, 'the audit log is append-only'); end`,
    )
    .execute(db);
}
