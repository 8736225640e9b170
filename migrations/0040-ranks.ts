import { type Kysely, sql } from "kysely";

/** The order of states on the list, worst first. */
const STATES = [
  "sync_error",
  "service_stopped",
  "not_serving",
  "unreachable",
  "sync_stale",
  "update_required",
  "pending",
  "closed",
  "synced",
  "unsupported",
];
/** How many of them are problems: an error that has no text stands in their order behind those that have one. */
const PROBLEMS = 5;

const RANKS = {
  state_rank: `case state ${ranksOf(STATES, 0)} end`,
  // The longest first; of those whose exchange works the one that came back last.
  state_age: "case when state = 'synced' then -state_since else state_since end",
  error_rank: `case when error_search is not null then 0
    else case state ${ranksOf(STATES.slice(0, PROBLEMS), 1)} else ${PROBLEMS + 1} end end`,
};

const RENAMED_COLUMNS = [
  ["message", "told_at", "notified_at"],
  ["pos_status", "told_state", "state_before"],
  ["pos_status", "told_since", "state_before_since"],
  ["pos_status", "version_told_at", "version_reported_at"],
  ["pos_status", "service_told_at", "service_reported_at"],
] as const;

/** Ranks by which the list is sorted become columns; notifications and reports are called so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, from, to] of RENAMED_COLUMNS)
    await sql`alter table ${sql.table(table)} rename column ${sql.ref(from)} to ${sql.ref(to)}`.execute(db);
  await sql`alter table telling_rule rename to notification_rule`.execute(db);

  for (const [column, rank] of Object.entries(RANKS))
    await sql`alter table pos_status add column ${sql.ref(column)} integer as (${sql.raw(rank)}) virtual`.execute(
      db,
    );
  await sql`drop index pos_status_state`.execute(db);
  await sql`drop index pos_status_error`.execute(db);
  await sql`
    create index pos_status_state on pos_status (state_rank, state_age, organization_sort, name_sort)`.execute(
    db,
  );
  await sql`
    create index pos_status_error on pos_status (error_rank, error_search, organization_sort, name_sort)`.execute(
    db,
  );
}

function ranksOf(states: readonly string[], first: number): string {
  return states.map((state, at) => `when '${state}' then ${first + at}`).join(" ");
}
