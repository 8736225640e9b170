import { type Kysely, sql } from "kysely";

/**
 * As the status page orders what it says in the column of errors: texts of errors, then what it says itself of states
 * with none, then those of which it says nothing. Spelled in the same way, or the index serves nobody.
 */
const ERROR_RANK = `case when error_search is not null then 0 else case state when 'sync_error' then 1
  when 'service_stopped' then 2 when 'unreachable' then 3 when 'sync_stale' then 4 else 5 end end`;

/** Rows that show a reason which nobody reported stood among those without one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index pos_status_error`.execute(db);
  await sql
    .raw(
      `create index pos_status_error on pos_status (${ERROR_RANK}, error_search, organization_sort, name_sort)`,
    )
    .execute(db);
}
