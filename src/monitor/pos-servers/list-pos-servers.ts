import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { POS_SERVER_STATES, type PosServerState, PROBLEM_STATES } from "../fleet/state.ts";
import { reportedOrganizationName } from "../restaurants/reported-organization.ts";
import type { OrganizationAccess } from "../viewer/access.ts";
import { isFound, type ListQuery, selectCandidates, selectLeftOut } from "./candidates.ts";
import type { PosServerCounts } from "./count-pos-servers.ts";
import type { SortColumn } from "./filter.ts";

export const PAGE_ROWS = 100;
/** SQLite takes no more than 32,766 values in a statement. */
const BATCH_ROWS = 500;

export type ListedPosServer = Awaited<ReturnType<typeof readInOrder>>[number];

/** Lists one page of the POS servers that the filter finds and that were counted, in the page's order. */
export async function listPosServers(db: Db, query: ListQuery, counts: PosServerCounts) {
  const offset = (query.filter.page - 1) * PAGE_ROWS;
  const listed = await listInOrder(db, query, counts, offset, PAGE_ROWS);
  return await readInOrder(
    db,
    query.access,
    listed.map(({ id }) => id),
  );
}

/** Lists all pages of them, some at a time, since all of them take much memory. */
export async function* listEveryPosServer(
  db: Db,
  query: ListQuery,
  counts: PosServerCounts,
): AsyncGenerator<ListedPosServer[]> {
  const listed = await listInOrder(db, query, counts, 0, counts.found);
  const ids = listed.map(({ id }) => id);
  for (let at = 0; at < ids.length; at += BATCH_ROWS) {
    yield await readInOrder(db, query.access, ids.slice(at, at + BATCH_ROWS));
  }
}

/** Lists the first of what the filter finds and was counted, with nothing but their states. */
export async function listPlaces(
  db: Db,
  query: ListQuery,
  counts: PosServerCounts,
  maxRows: number,
): Promise<{ id: number; state: PosServerState }[]> {
  return await listInOrder(db, query, counts, 0, maxRows);
}

/** Reads what is shown of some POS servers to somebody who may see them, in the order of their ids. */
export async function readInOrder(db: Db, access: OrganizationAccess, ids: number[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .leftJoin("parking", "parking.pos_server_id", "pos_server.id")
    .select([
      "pos_server.id",
      "pos_server.name",
      "pos_server.connection",
      "pos_server.address",
      "pos_server.parked",
      "parking.parked_at as parkedAt",
      "parking.reason as parkingReason",
      "parking.ends_at as parkingEndsAt",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crm_id as crmId",
      "pos_status.state",
      "pos_status.state_since as stateSince",
      "pos_status.version",
      "pos_status.closed_for as closedFor",
      "pos_status.closed_until as closedUntil",
      "pos_status.closing_changes_at as closingChangesAt",
      "pos_status.last_update_at as lastUpdateAt",
      "pos_status.last_sync_at as lastSyncAt",
      "pos_status.sync_error as syncError",
      "pos_status.cause_key as causeKey",
      "pos_status.problem_since as problemSince",
      "pos_status.silent_since as silentSince",
      "pos_status.told_state as stateBefore",
      "pos_status.recovered_at as recoveredAt",
      "pos_status.failure_code as failureCode",
      "pos_status.failure_detail as failureDetail",
      "pos_status.clock_shift_ms as clockShiftMs",
      "pos_status.failed_checks as failedChecks",
      "pos_status.unusable_patterns as unusablePatterns",
      "pos_status.service_state as serviceState",
      "pos_status.configuration_id as configurationId",
      "pos_status.logs_found as logsFound",
      "pos_status.logs_unmatched as logsUnmatched",
      "pos_status.untraced_since as untracedSince",
      "pos_status.log_evidence as logEvidence",
      "pos_status.database_bytes as databaseBytes",
    ])
    .select((eb) => reportedOrganizationName(access)(eb).as("reportedOrganizationName"))
    .where("pos_server.id", "in", ids)
    .execute();
  const order = new Map(ids.map((id, position) => [id, position]));
  return rows.sort((left, right) => (order.get(left.id) ?? 0) - (order.get(right.id) ?? 0));
}

async function listInOrder(
  db: Db,
  query: ListQuery,
  { found, foundIds }: PosServerCounts,
  offset: number,
  maxRows: number,
): Promise<{ id: number; state: PosServerState }[]> {
  const { sort, state } = query.filter;
  const limit = Math.min(maxRows, found - offset);
  if (limit <= 0) return [];
  // Pages of the second half are read from the end, since every row before them would have to be passed over.
  const isFromEnd = offset > found / 2;
  const direction = sort.isDescending === isFromEnd ? "asc" : "desc";
  let ordered =
    foundIds === null
      ? selectCandidates(db, query).where(isFound(query))
      : db.selectFrom("pos_status").where("pos_server_id", "in", foundIds);
  const isOfOneState = sort.column === "state" && state !== null;
  // So that the index of the states is entered where this one begins, and is in order from there on.
  if (isOfOneState) ordered = ordered.where(stateRank, "=", sql.lit(POS_SERVER_STATES.indexOf(state)));
  const expressions = isOfOneState ? [stateAge] : SORT_EXPRESSIONS[sort.column];
  for (const expression of [...expressions, ...PLACE]) ordered = ordered.orderBy(expression, direction);
  const rows = await ordered
    .select(["pos_server_id as id", "state"])
    .limit(limit)
    .offset(isFromEnd ? found - offset - limit : offset)
    .execute();
  return isFromEnd ? rows.reverse() : rows;
}

const stateRank = sql<number>`case pos_status.state ${ranks(POS_SERVER_STATES, 0)} end`;

/** The longest first; of those whose exchange works the one that came back last. */
const stateAge = sql<number>`case when pos_status.state = 'synced' then -pos_status.state_since else pos_status.state_since end`;

/** Texts of errors, then what the list says itself of problems without one, each of them together; then nothing. */
const errorRank = sql<number>`case when pos_status.error_search is not null then 0
  else case pos_status.state ${ranks(PROBLEM_STATES, 1)} else ${sql.lit(PROBLEM_STATES.length + 1)} end end`;

function ranks(states: readonly PosServerState[], first: number) {
  const cases = states.map((state, at) => sql`when ${sql.lit(state)} then ${sql.lit(first + at)}`);
  return sql.join(cases, sql` `);
}

/** What decides between equals. */
const PLACE = ["organization_sort", "name_sort", "pos_server_id"].map((column) => sql.ref(column));

const SORT_EXPRESSIONS: Record<SortColumn, ReturnType<typeof sql>[]> = {
  state: [stateRank, stateAge],
  organization: [sql.ref("pos_status.organization_sort")],
  name: [sql.ref("pos_status.name_sort")],
  version: [sql.ref("pos_status.version_sort")],
  lastUpdateAt: [sql.ref("pos_status.last_update_at")],
  lastSyncAt: [sql.ref("pos_status.last_sync_at")],
  error: [errorRank, sql.ref("pos_status.error_search")],
};

/** Lists the POS servers that only the period leaves out and that were counted, the longest silent first. */
export async function listSilentLongest(
  db: Db,
  query: ListQuery,
  { outsideIds }: PosServerCounts,
  limit: number,
) {
  const silent =
    outsideIds === null
      ? selectLeftOut(db, query)
      : db.selectFrom("pos_status").where("pos_server_id", "in", outsideIds);
  const longest = silent
    .select(["pos_server_id as id", "last_update_at as lastUpdateAt"])
    .orderBy("last_update_at")
    .limit(limit);
  return await db
    .selectFrom(longest.as("silent"))
    .innerJoin("pos_server", "pos_server.id", "silent.id")
    .select(["silent.id", "pos_server.name", "silent.lastUpdateAt"])
    .orderBy("silent.lastUpdateAt")
    .execute();
}
