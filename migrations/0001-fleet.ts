import { type Kysely, sql } from "kysely";

/** As the status page orders states, worst first: spelled in the same way, or the index serves nobody. */
const STATE_RANK = `case state when 'sync_error' then 0 when 'service_stopped' then 1 when 'unreachable' then 2
  when 'sync_stale' then 3 when 'update_required' then 4 when 'pending' then 5 when 'synced' then 6
  when 'unsupported' then 7 end`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organization (
      id integer primary key autoincrement,
      name text not null,
      name_sort text not null,
      crm_id text not null unique,
      archived_at integer,
      created_at integer not null
    ) strict`.execute(db);

  await sql`
    create table pos_server (
      id integer primary key autoincrement,
      organization_id integer not null references organization (id),
      name text not null,
      name_sort text not null,
      search_text text not null,
      connection text not null default 'direct',
      address text,
      sealed_token blob,
      fingerprint text,
      identity text unique,
      poll_interval_ms integer,
      parked integer not null default 0,
      created_at integer not null,
      unique (organization_id, name)
    ) strict`.execute(db);

  // What the status page filters and sorts by comes first, since SQLite reads a row from its start.
  await sql`
    create table pos_status (
      pos_server_id integer primary key references pos_server (id) on delete cascade,
      state text not null,
      standing text not null default 'active',
      last_update_at integer,
      last_sync_at integer,
      organization_id integer not null default 0,
      version_sort text,
      organization_sort text not null default '',
      name_sort text not null default '',
      search_text text not null default '',
      error_search text,
      state_since integer not null,
      failed_polls integer not null default 0,
      failure_code text,
      failure_detail text,
      cause_key text,
      cause_since integer,
      last_poll_at integer,
      last_attempt_at integer,
      sync_error text,
      sync_error_at integer,
      version text,
      service_name text,
      service_state text,
      service_started_at integer,
      database_exists integer,
      database_bytes integer,
      database_created_at integer,
      database_modified_at integer,
      disk_free_bytes integer,
      disk_total_bytes integer,
      utc_offset_minutes integer,
      clock_shift_ms integer
    ) strict`.execute(db);
  await sql`
    create index pos_status_cause on pos_status (cause_key, cause_since, standing, organization_id)
    where cause_key is not null`.execute(db);
  await sql`
    create index pos_status_version on pos_status (version_sort, version)
    where standing = 'active' and version_sort is not null`.execute(db);
  await sql`create index pos_status_organization on pos_status (organization_id)`.execute(db);
  // Orders of the status page. What changes with every poll has no index: it would triple the cost of a poll.
  for (const [name, columns] of Object.entries({
    state: `${STATE_RANK}, organization_sort, name_sort`,
    place: "organization_sort, name_sort",
    name: "name_sort, organization_sort",
    version_order: "version_sort, organization_sort, name_sort",
    error: "error_search is null, error_search, organization_sort, name_sort",
  })) {
    await sql.raw(`create index pos_status_${name} on pos_status (${columns})`).execute(db);
  }

  await sql`
    create table state_count (
      organization_id integer not null,
      state text not null,
      pos_servers integer not null,
      primary key (organization_id, state)
    ) strict, without rowid`.execute(db);

  await sql`
    create table state_change (
      id integer primary key autoincrement,
      pos_server_id integer not null references pos_server (id) on delete cascade,
      at integer not null,
      state text not null,
      cause_key text,
      detail text
    ) strict`.execute(db);
  await sql`create index state_change_pos_server on state_change (pos_server_id, at)`.execute(db);

  await sql`create table registry_revision (id integer primary key check (id = 1), revision integer not null) strict`.execute(
    db,
  );
  await sql`insert into registry_revision (id, revision) values (1, 1)`.execute(db);

  await sql`
    create table monitor_run (
      id integer primary key autoincrement,
      started_at integer not null,
      seen_at integer not null
    ) strict`.execute(db);

  await sql`create table setting (key text primary key, value text not null) strict`.execute(db);

  await createRegistryCopyTriggers(db);
  await createStateCountTriggers(db);
  await createRegistryRevisionTriggers(db);
}

/** What the status page filters and sorts by stands in one table: each join costs it 20 ms at 100,000 rows. */
async function createRegistryCopyTriggers(db: Kysely<unknown>): Promise<void> {
  const copy = (condition: string) => `
    update pos_status
      set (organization_id, standing, organization_sort, name_sort, search_text) = (
        select organization.id,
          case when organization.archived_at is not null then 'archived' when parked then 'parked' else 'active' end,
          organization.name_sort, pos_server.name_sort, pos_server.search_text
        from pos_server join organization on organization.id = pos_server.organization_id
        where pos_server.id = pos_status.pos_server_id
      )
      where ${condition};`;

  await sql
    .raw(
      `create trigger pos_status_copies_registry after insert on pos_status
       begin ${copy("pos_server_id = new.pos_server_id")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger pos_server_copied after update of organization_id, parked, name_sort, search_text on pos_server
       begin ${copy("pos_server_id = new.id")} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger organization_copied after update of name_sort, archived_at on organization
       begin ${copy("organization_id = new.id")} end`,
    )
    .execute(db);
}

async function createStateCountTriggers(db: Kysely<unknown>): Promise<void> {
  const add = (posServerId: string, parked: string, organization: string, state: string, by: number) => `
    insert into state_count (organization_id, state, pos_servers)
      select ${organization}, case when ${parked} then 'parked' else ${state} end, ${by}
      from pos_server where id = ${posServerId}
      on conflict (organization_id, state) do update set pos_servers = pos_servers + excluded.pos_servers;`;
  const ofStatus = (row: "new" | "old", by: number) =>
    add(`${row}.pos_server_id`, "pos_server.parked", "pos_server.organization_id", `${row}.state`, by);

  await sql
    .raw(`create trigger pos_status_counted after insert on pos_status begin ${ofStatus("new", 1)} end`)
    .execute(db);
  await sql
    .raw(
      `create trigger pos_status_recounted after update of state on pos_status when old.state <> new.state
       begin ${ofStatus("old", -1)} ${ofStatus("new", 1)} end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger pos_server_moved after update of parked, organization_id on pos_server
       when old.parked <> new.parked or old.organization_id <> new.organization_id
       begin
         insert into state_count (organization_id, state, pos_servers)
           select old.organization_id, case when old.parked then 'parked' else state end, -1
           from pos_status where pos_server_id = old.id
           on conflict (organization_id, state) do update set pos_servers = pos_servers + excluded.pos_servers;
         insert into state_count (organization_id, state, pos_servers)
           select new.organization_id, case when new.parked then 'parked' else state end, 1
           from pos_status where pos_server_id = new.id
           on conflict (organization_id, state) do update set pos_servers = pos_servers + excluded.pos_servers;
       end`,
    )
    .execute(db);
  await sql
    .raw(
      `create trigger pos_server_uncounted before delete on pos_server
       begin
         insert into state_count (organization_id, state, pos_servers)
           select old.organization_id, case when old.parked then 'parked' else state end, -1
           from pos_status where pos_server_id = old.id
           on conflict (organization_id, state) do update set pos_servers = pos_servers + excluded.pos_servers;
       end`,
    )
    .execute(db);
}

async function createRegistryRevisionTriggers(db: Kysely<unknown>): Promise<void> {
  for (const table of ["organization", "pos_server"]) {
    for (const change of ["insert", "update", "delete"]) {
      await sql
        .raw(
          `create trigger ${table}_${change}_revised after ${change} on ${table}
           begin update registry_revision set revision = revision + 1; end`,
        )
        .execute(db);
    }
  }
}
