import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import type { Database } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import type { FailureCode } from "../pos-client/failure.ts";
import type { OrganizationAccess } from "./access.ts";
import { type PosServerFilter, periodStart, type SortColumn } from "./filter.ts";
import { EXCHANGING_STATES, POS_SERVER_STATES } from "./state.ts";

export const PAGE_ROWS = 100;

type Tables = "pos_status" | "pos_server" | "organization";
type Condition = (eb: ExpressionBuilder<Database, Tables>) => Expression<SqlBool>;

export interface ListQuery {
  access: OrganizationAccess;
  filter: PosServerFilter;
  /** Failures whose words in the viewer's language hold what is searched for. */
  failureCodes: readonly FailureCode[];
  now: number;
}

export type ListedPosServer = Awaited<ReturnType<typeof listPosServers>>[number];

/** Lists one page of the POS servers that the filter finds, in the page's order. */
export async function listPosServers(db: Kysely<Database>, query: ListQuery) {
  const { column, isDescending } = query.filter.sort;
  const direction = isDescending ? "desc" : "asc";
  let ordered = selectFiltered(db, query).select("pos_status.pos_server_id as id");
  for (const expression of SORT_EXPRESSIONS[column]) ordered = ordered.orderBy(expression, direction);
  const found = ordered
    .orderBy("organization.name_sort")
    .orderBy("pos_server.name_sort")
    .orderBy("pos_server.id")
    .limit(PAGE_ROWS)
    .offset((query.filter.page - 1) * PAGE_ROWS);
  const ids = (await found.execute()).map(({ id }) => id);
  if (ids.length === 0) return [];

  const rows = await db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select([
      "pos_server.id",
      "pos_server.name",
      "pos_server.address",
      "pos_server.parked",
      "organization.name as organizationName",
      "organization.crm_id as crmId",
      "pos_status.state",
      "pos_status.version",
      "pos_status.last_update_at as lastUpdateAt",
      "pos_status.last_sync_at as lastSyncAt",
      "pos_status.sync_error as syncError",
      "pos_status.failure_code as failureCode",
      "pos_status.failure_detail as failureDetail",
      "pos_status.clock_shift_ms as clockShiftMs",
    ])
    .where("pos_server.id", "in", ids)
    .execute();
  const order = new Map(ids.map((id, position) => [id, position]));
  return rows.sort((left, right) => (order.get(left.id) ?? 0) - (order.get(right.id) ?? 0));
}

/** Counts all the POS servers that the filter finds, on every page. */
export async function countPosServers(db: Kysely<Database>, query: ListQuery): Promise<number> {
  const { posServers } = await selectFiltered(db, query)
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .executeTakeFirstOrThrow();
  return posServers;
}

const stateRank = sql<number>`case pos_status.state ${sql.join(
  POS_SERVER_STATES.map((state, rank) => sql`when ${sql.lit(state)} then ${sql.lit(rank)}`),
  sql` `,
)} end`;

const SORT_EXPRESSIONS: Record<SortColumn, ReturnType<typeof sql>[]> = {
  state: [stateRank],
  organization: [sql.ref("organization.name_sort")],
  name: [sql.ref("pos_server.name_sort")],
  version: [sql.ref("pos_status.version_sort")],
  lastUpdateAt: [sql.ref("pos_status.last_update_at")],
  lastSyncAt: [sql.ref("pos_status.last_sync_at")],
  error: [sql`pos_status.error_search is null`, sql.ref("pos_status.error_search")],
};

function selectFiltered(
  db: Kysely<Database>,
  query: ListQuery,
): SelectQueryBuilder<Database, Tables, object> {
  return db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .where(isVisible(query.access))
    .where(matchesFilter(query))
    .where(matchesSearch(query));
}

function isVisible(access: OrganizationAccess): Condition {
  return (eb) =>
    eb.and([
      eb("organization.archived_at", "is", null),
      ...(access === "all" ? [] : [eb("pos_server.organization_id", "in", access)]),
    ]);
}

function matchesFilter({ filter, now }: ListQuery): Condition {
  return (eb) => {
    const conditions: Expression<SqlBool>[] = [
      eb("pos_server.parked", "=", filter.scope === "parked" ? 1 : 0),
    ];
    if (filter.organizationId !== null) {
      conditions.push(eb("pos_server.organization_id", "=", filter.organizationId));
    }
    conditions.push(
      filter.state ? eb("pos_status.state", "=", filter.state) : eb("pos_status.state", "!=", "unsupported"),
    );
    if (filter.causeKey !== null) conditions.push(eb("pos_status.cause_key", "=", filter.causeKey));
    if (filter.isSyncedHidden && filter.state === null) {
      conditions.push(eb("pos_status.state", "not in", EXCHANGING_STATES));
    }
    if (filter.period) {
      const start = periodStart(filter.period, now);
      const isWithin = eb.or([
        eb("pos_status.last_update_at", ">=", start),
        eb("pos_status.state", "=", "pending"),
      ]);
      // Never updated is outside every period: `not (null >= start)` alone would lose those rows.
      const isOutside = eb.and([
        eb.or([eb("pos_status.last_update_at", "<", start), eb("pos_status.last_update_at", "is", null)]),
        eb("pos_status.state", "!=", "pending"),
      ]);
      conditions.push(filter.scope === "outside" ? isOutside : isWithin);
    }
    return eb.and(conditions);
  };
}

function matchesSearch({ filter, failureCodes }: ListQuery): Condition {
  const wanted = searchText(filter.search);
  return (eb) => {
    if (wanted === "") return eb.and([]);
    const holds = (column: "pos_server.search_text" | "pos_status.error_search") =>
      sql<SqlBool>`instr(${eb.ref(column)}, ${wanted}) > 0`;
    const alternatives: Expression<SqlBool>[] = [
      holds("pos_server.search_text"),
      holds("pos_status.error_search"),
    ];
    if (failureCodes.length > 0) {
      alternatives.push(
        eb.and([
          eb("pos_status.state", "=", "unreachable"),
          eb("pos_status.failure_code", "in", failureCodes),
        ]),
      );
    }
    return eb.or(alternatives);
  };
}
