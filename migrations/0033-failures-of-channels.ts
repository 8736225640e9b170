import { type Kysely, sql } from "kysely";

/** What is to be done about each failure that had a name of its own. */
const CLASS_OF_FAILURE = sql`case failure_code
  when 'unauthorized' then 'credentials'
  when 'recipient' then 'recipient'
  when 'refused' then 'recipient'
  when 'rate_limited' then 'wait'
  else 'temporary' end`;

/**
 * What a channel fails by has four classes; it is called failing by the time in which nothing got through, not by the number of tries. What a
 * receiver refuses is tried again behind the others, until something else gets through.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table channel add column failed_since integer`.execute(db);
  await sql`alter table delivery add column tried_at integer`.execute(db);
  await sql`update channel set failed_since = coalesce(failing_since, retry_at) where failed_tries > 0`.execute(
    db,
  );
  for (const table of ["channel", "delivery"])
    await sql`update ${sql.table(table)} set failure_code = ${CLASS_OF_FAILURE} where failure_code is not null`.execute(
      db,
    );
}
