import type { ExpressionBuilder } from "kysely";
import { idList } from "../database/id-list.ts";
import type { Database, Db } from "../database/schema.ts";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import { POS_SERVER_STATES, type PosServerState } from "../fleet/state.ts";
import { reportedOrganizationName } from "../restaurants/find-pos-server.ts";
import type { OrganizationAccess } from "../viewer/access.ts";
import { isFound, type ListQuery, selectCandidates, selectLeftOut, selectSegmented } from "./candidates.ts";
import type { PosServerCounts } from "./count-pos-servers.ts";
import type { SortColumn } from "./filter.ts";

export const PAGE_ROWS = 100;
/** SQLite takes no more than 32,766 values in a statement. */
const BATCH_ROWS = 500;

export type ListedPosServer = Awaited<ReturnType<typeof readInOrder>>[number];

/** Lists one page of the counted POS servers, in the order of the filter. */
export async function listPosServers(db: Db, query: ListQuery, counts: PosServerCounts) {
  const offset = (query.filter.page - 1) * PAGE_ROWS;
  const listed = await listInOrder(db, query, counts, offset, PAGE_ROWS);
  return await readInOrder(
    db,
    query.access,
    listed.map(({ id }) => id),
  );
}

/** Lists all pages in batches, since all rows at once take much memory. */
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

/** Lists the first of the counted POS servers, with their states alone. */
export async function listPlaces(
  db: Db,
  query: ListQuery,
  counts: PosServerCounts,
  maxRows: number,
): Promise<{ id: number; state: PosServerState }[]> {
  return await listInOrder(db, query, counts, 0, maxRows);
}

/** Lists POS servers in any state, parked ones too, by id: those with a higher one than `after`. */
export async function listPosServersAfter(
  db: Db,
  query: ListQuery,
  { after, limit, since }: { after: number; limit: number; since: number | null },
) {
  const { scope, state } = query.filter;
  const rows = await selectSegmented(db, query)
    .$if(scope === "parked", (selected) => selected.where("standing", "=", "parked"))
    .$if(state !== null, (selected) => selected.where("state", "=", state).where("standing", "=", "active"))
    .$if(since !== null, (selected) => selected.where(hasChangedSince(since ?? 0)))
    .where("posServerId", ">", after)
    .select("posServerId as id")
    .orderBy("posServerId")
    .limit(limit)
    .execute();
  return await readInOrder(
    db,
    query.access,
    rows.map(({ id }) => id),
  );
}

/** `stateSince` is when trouble began, through silences too; what came and went since then is in the history. */
function hasChangedSince(since: number) {
  return (eb: ExpressionBuilder<Database, "posStatus">) =>
    eb.or([
      eb("stateSince", ">=", since),
      eb(
        "posStatus.posServerId",
        "in",
        eb.selectFrom("stateChange").select("posServerId").where("at", ">=", since),
      ),
    ]);
}

/** Reads POS servers that somebody may see, in the order of `ids`. */
export async function readInOrder(db: Db, access: OrganizationAccess, ids: number[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .leftJoin("parking", "parking.posServerId", "posServer.id")
    .select([
      "posServer.id",
      "posServer.name",
      "posServer.connection",
      "posServer.address",
      "posServer.parked",
      "parking.parkedAt",
      "parking.reason as parkingReason",
      "parking.endsAt as parkingEndsAt",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crmId",
      "posStatus.state",
      "posStatus.stateSince",
      "posStatus.version",
      "posStatus.closedFor",
      "posStatus.closedUntil",
      "posStatus.closingChangesAt",
      "posStatus.lastUpdateAt",
      "posStatus.lastSyncAt",
      "posStatus.syncError",
      "posStatus.causeKey",
      "posStatus.problemSince",
      "posStatus.silentSince",
      "posStatus.stateBefore",
      "posStatus.recoveredAt",
      "posStatus.failuresInRow",
      "posStatus.failureCode",
      "posStatus.failureDetail",
      "posStatus.clockShiftMs",
      "posStatus.failedChecks",
      "posStatus.unusablePatterns",
      "posStatus.serviceState",
      "posStatus.serviceCanRestart",
      "posStatus.configurationId",
      "posStatus.logsFound",
      "posStatus.logsUnmatched",
      "posStatus.untracedSince",
      "posStatus.logEvidence",
      "posStatus.databaseBytes",
    ])
    .select((eb) => reportedOrganizationName(access)(eb).as("reportedOrganizationName"))
    .where("posServer.id", "in", idList(ids))
    .execute();
  const order = new Map(ids.map((id, position) => [id, position]));
  return rows.sort((left, right) => (order.get(left.id) ?? 0) - (order.get(right.id) ?? 0));
}

async function listInOrder(
  db: Db,
  query: ListQuery,
  { found }: PosServerCounts,
  offset: number,
  maxRows: number,
): Promise<{ id: number; state: PosServerState }[]> {
  const { sort, state } = query.filter;
  const limit = Math.min(maxRows, found - offset);
  if (limit <= 0) return [];
  const direction = sort.isDescending ? "desc" : "asc";
  let ordered = selectCandidates(db, query).where(isFound(query));
  const isOfOneState = sort.column === "state" && state !== null;
  // Enters the index where this state begins; from there on it is in order.
  if (isOfOneState) ordered = ordered.where("posStatus.stateRank", "=", POS_SERVER_STATES.indexOf(state));
  const columns = isOfOneState ? (["posStatus.stateAge"] as const) : SORTED_BY[sort.column];
  for (const column of [...columns, ...PLACE]) ordered = ordered.orderBy(column, direction);
  return await ordered.select(["posServerId as id", "state"]).limit(limit).offset(offset).execute();
}

const PLACE = ["posStatus.organizationSort", "posStatus.nameSort", "posStatus.posServerId"] as const;

const SORTED_BY = {
  state: ["posStatus.stateRank", "posStatus.stateAge"],
  organization: [],
  name: ["posStatus.nameSort"],
  version: ["posStatus.versionSort"],
  lastUpdateAt: ["posStatus.lastUpdateAt"],
  lastSyncAt: ["posStatus.lastSyncAt"],
  error: ["posStatus.errorRank", "posStatus.errorSearch"],
} as const satisfies Record<SortColumn, readonly `posStatus.${keyof PosStatusTable}`[]>;

/** Lists the counted POS servers that only the period leaves out, the longest silent first. */
export async function listSilentLongest(db: Db, query: ListQuery, limit: number) {
  const longest = selectLeftOut(db, query)
    .select(["posServerId as id", "lastUpdateAt"])
    .orderBy("lastUpdateAt")
    .limit(limit);
  return await db
    .selectFrom(longest.as("silent"))
    .innerJoin("posServer", "posServer.id", "silent.id")
    .select(["silent.id", "posServer.name", "silent.lastUpdateAt"])
    .orderBy("silent.lastUpdateAt")
    .execute();
}
