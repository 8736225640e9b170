import {
  type AliasableExpression,
  type Expression,
  type ExpressionBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from "kysely";
import { idList } from "../database/id-list.ts";
import type { Database, Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { EXCHANGING_STATES, type PosServerState } from "../fleet/state.ts";
import { LATELY_MS } from "../fleet/summary.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { type PosServerFilter, periodStart } from "./filter.ts";
import type { SearchedFor } from "./searched-for.ts";

/** Up to so many are looked up one by one. */
const FEW = 1_500;

export interface ListQuery extends SearchedFor {
  access: OrganizationAccess;
  filter: PosServerFilter;
  /** Causes that the list shows as one row. */
  groupedCauses: readonly string[];
  now: number;
}

type Condition = (eb: ExpressionBuilder<Database, "posStatus">) => AliasableExpression<SqlBool>;

/**
 * Selects the POS servers that meet every condition but the period and the checkbox that hides exchanging ones.
 * `copyRegistry` keeps all columns in one table, which saves two joins per row.
 */
export function selectCandidates(
  db: Db,
  query: ListQuery,
): SelectQueryBuilder<Database, "posStatus", object> {
  return db
    .selectFrom("posStatus")
    .where(isVisibleTo(query.access, "organizationId"))
    .where(matchesFilter(query))
    .where(hasTag(query))
    .where(isFoundInLogs(query))
    .where(matchesSearch(query));
}

/** The candidates that only the period leaves out, exchanging or not: mostly few of many. */
export function selectLeftOut(db: Db, query: ListQuery): SelectQueryBuilder<Database, "posStatus", object> {
  const { filter, now } = query;
  const leavesOut = filter.scope === "listed" && filter.period !== null;
  // The period comes first, since conditions are tried in this order.
  return db
    .selectFrom("posStatus")
    .where(leavesOut ? isOutsidePeriod(filter, now) : sql<SqlBool>`false`)
    .where(isVisibleTo(query.access, "organizationId"))
    .where(matchesFilter(query))
    .where(hasTag(query))
    .where(isFoundInLogs(query))
    .where(matchesSearch(query));
}

/** Selects by organization, tag and searches, in any state, parked ones too. */
export function selectSegmented(db: Db, query: ListQuery): SelectQueryBuilder<Database, "posStatus", object> {
  const { organizationId } = query.filter;
  const selected = db
    .selectFrom("posStatus")
    .where(isVisibleTo(query.access, "organizationId"))
    .where("standing", "!=", "archived")
    .where(hasTag(query))
    .where(isFoundInLogs(query))
    .where(matchesSearch(query));
  return organizationId === null ? selected : selected.where("organizationId", "=", organizationId);
}

/** Of the candidates: those that the filter finds. */
export function isFound({ filter, now }: ListQuery): Condition {
  const isInScope = filter.scope === "outside" ? isOutsidePeriod(filter, now) : isWithinPeriod(filter, now);
  return (eb) => {
    if (!filter.isSyncedHidden || filter.state !== null) return isInScope(eb);
    return eb.and([isInScope(eb), eb("state", "not in", EXCHANGING_STATES)]);
  };
}

/** Every condition but search, period and the checkbox. */
export function matchesFilter({ filter, groupedCauses, now }: ListQuery): Condition {
  return (eb) => {
    const conditions: Expression<SqlBool>[] = [
      // A literal: there is an index of parked ones alone.
      eb("standing", "=", sql.lit(filter.scope === "parked" ? "parked" : "active")),
      filter.state ? eb("state", "=", filter.state) : eb("state", "!=", "unsupported"),
    ];
    if (filter.organizationId !== null) conditions.push(eb("organizationId", "=", filter.organizationId));
    if (filter.causeKey !== null) conditions.push(eb("causeKey", "=", filter.causeKey));
    if (groupedCauses.length > 0) {
      // One by one: for a `not in` list SQLite would build an index, as slow as all the rest of the query.
      const others = groupedCauses.map((causeKey) => eb("causeKey", "!=", causeKey));
      conditions.push(eb.or([eb("causeKey", "is", null), eb.and(others)]));
    }
    if (filter.change !== null) {
      const column = filter.change === "new" ? "problemSince" : "recoveredAt";
      conditions.push(eb(column, ">", now - LATELY_MS));
    }
    if (filter.isByGuess)
      conditions.push(eb("logEvidence", "=", sql.lit("guess")), eb("state", "in", EXCHANGING_STATES));
    return eb.and(conditions);
  };
}

function hasTag({ filter: { tagId } }: ListQuery): Condition {
  return (eb) =>
    tagId === null ? eb.and([]) : sql<SqlBool>`instr(${eb.ref("tagIds")}, ${` ${tagId} `}) > 0`;
}

function isFoundInLogs({ foundInLogsIds }: ListQuery): Condition {
  return (eb) => (foundInLogsIds === null ? eb.and([]) : eb("posServerId", "in", idList(foundInLogsIds)));
}

function matchesSearch({ filter, searched, ...others }: ListQuery): Condition {
  const wanted = searchText(filter.search);
  if (wanted === "") return (eb) => eb.and([]);
  if (searched) {
    // The plus keeps SQLite on the index of the order or the period. Only few ids are looked up one by one.
    const plus = sql.raw(searched.count > FEW ? "+" : "");
    return () => sql<SqlBool>`${plus}pos_server_id in (select value from json_each(${searched.ids}))`;
  }
  return holdsText(wanted, others);
}

/** Whether name, address, CrmId, tags, organization, error or failure of a POS server hold a folded text. */
export function holdsText(
  wanted: string,
  { failureCodes, organizationIds }: Pick<SearchedFor, "failureCodes" | "organizationIds">,
): Condition {
  return (eb) => {
    const holds = (column: "searchText" | "tagSearch" | "errorSearch") =>
      sql<SqlBool>`instr(${eb.ref(column)}, ${wanted}) > 0`;
    const alternatives: Expression<SqlBool>[] = [
      holds("searchText"),
      holds("tagSearch"),
      holds("errorSearch"),
    ];
    if (organizationIds.length > 0) alternatives.push(eb("organizationId", "in", organizationIds));
    if (failureCodes.length > 0) {
      alternatives.push(eb.and([eb("state", "=", "unreachable"), eb("failureCode", "in", failureCodes)]));
    }
    return eb.or(alternatives);
  };
}

/** They may answer at any time: newly added, unparked, or closed. */
const AWAITED_STATES: readonly PosServerState[] = ["pending", "closed"];

/** Whatever the period, those that have never answered or are awaited are listed. */
function isWithinPeriod({ period }: PosServerFilter, now: number): Condition {
  return (eb) =>
    period
      ? eb.or([
          eb("lastUpdateAt", ">=", periodStart(period, now)),
          eb("lastUpdateAt", "is", null),
          eb("state", "in", AWAITED_STATES),
        ])
      : eb.and([]);
}

function isOutsidePeriod({ period }: PosServerFilter, now: number): Condition {
  return (eb) =>
    period
      ? eb.and([eb("lastUpdateAt", "<", periodStart(period, now)), eb("state", "not in", AWAITED_STATES)])
      : eb.and([]);
}
