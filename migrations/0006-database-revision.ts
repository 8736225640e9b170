import { type Kysely, sql } from "kysely";

/** What people decide, and how far that has come. What is left out, such as polls, leases and progress, may be seen later. */
const SEEN_AT_ONCE: Record<string, string[]> = {
  organization: ["insert", "update", "delete"],
  pos_server: ["insert", "update", "delete"],
  setting: ["insert", "update", "delete"],
  user: ["insert", "update", "delete"],
  user_organization: ["insert", "update", "delete"],
  session: ["delete"],
  database_reset: ["insert", "update of step, finished_at", "delete"],
  service_start: ["insert", "update of status, finished_at", "delete"],
};

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table database_revision (id integer primary key check (id = 1), revision integer not null) strict`.execute(
    db,
  );
  await sql`insert into database_revision (id, revision) values (1, 1)`.execute(db);

  // A random number, not a count: of a transaction that is rolled back the count would come again with another one.
  for (const [table, changes] of Object.entries(SEEN_AT_ONCE)) {
    for (const change of changes) {
      const [kind] = change.split(" ");
      await sql
        .raw(
          `create trigger ${table}_${kind}_seen_at_once after ${change} on ${table}
           begin update database_revision set revision = random() >> 11; end`,
        )
        .execute(db);
    }
  }
}
