import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../protocol/time-units.ts";
import { POS_SERVER_STATES, type PosServerState } from "../fleet/state.ts";
import { readId } from "../forms/fields.ts";
import type { Viewer } from "../viewer/viewer.ts";

export const SORT_COLUMNS = [
  "state",
  "organization",
  "name",
  "version",
  "lastUpdateAt",
  "lastSyncAt",
  "error",
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

export const PERIOD_UNITS = ["days", "hours", "minutes"] as const;
type PeriodUnit = (typeof PERIOD_UNITS)[number];

const UNIT_MS: Record<PeriodUnit, number> = { days: DAY_MS, hours: HOUR_MS, minutes: MINUTE_MS };
const SCOPES = ["listed", "outside", "parked"] as const;
type Scope = (typeof SCOPES)[number];
const CHANGES = ["new", "recovered"] as const;
/** What became a problem, or stopped being one, within the last hour. */
export type Change = (typeof CHANGES)[number];

const DEFAULT_PERIOD: Period = { count: 1, unit: "days" };
const MAX_PERIOD_COUNT = 100_000;
const MAX_SEARCH_LENGTH = 200;
const MAX_CAUSE_LENGTH = 300;
const MAX_PAGE = 100_000;
const CAUSE_HASH = /^[0-9a-f]{10}$/;

export interface Period {
  count: number;
  unit: PeriodUnit;
}

export interface PosServerFilter {
  /** null = all. */
  organizationId: number | null;
  /** null = with any tags, or none. */
  tagId: number | null;
  /** By the last update; null = any. */
  period: Period | null;
  isSyncedHidden: boolean;
  state: PosServerState | null;
  scope: Scope;
  causeKey: string | null;
  change: Change | null;
  /** Only those whose exchange is known by a guess. */
  isByGuess: boolean;
  /** Only those in whose logs this search of the viewer found something. */
  logSearchId: number | null;
  /** The hash of the common cause whose POS servers are shown below it. */
  openCause: string | null;
  search: string;
  sort: { column: SortColumn; isDescending: boolean };
  page: number;
}

/** By field, what was typed and not understood; the filter has the default there. */
export type FilterProblems = Partial<Record<string, string>>;

export type RawQuery = Record<string, unknown>;

/** Reads the query of `/pos-servers`. A malformed value becomes its default and is named in `problems`. */
export function parseFilter(query: RawQuery): { filter: PosServerFilter; problems: FilterProblems } {
  const problems: FilterProblems = {};
  const read = <T>(field: string, fallback: T, parse: (text: string) => T | undefined): T => {
    const text = lastValue(query[field]);
    if (text === "") return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    problems[field] = text.slice(0, MAX_SEARCH_LENGTH);
    return fallback;
  };

  const state = read<PosServerState | null>("state", null, oneOf(POS_SERVER_STATES));
  const causeKey = read<string | null>("cause", null, (text) =>
    text.length <= MAX_CAUSE_LENGTH ? text : undefined,
  );
  const change = read<Change | null>("change", null, oneOf(CHANGES));
  const isByGuess = read("evidence", false, (text) => text === "guess" || undefined);
  const logSearchId = read<number | null>("found", null, (text) => readId(text) ?? undefined);
  const scope = read<Scope>("scope", "listed", oneOf(SCOPES));
  const unit = read<PeriodUnit>("unit", DEFAULT_PERIOD.unit, oneOf(PERIOD_UNITS));
  const count = read<number | null>("period", null, numberUpTo(MAX_PERIOD_COUNT));
  const isWrong = problems.period !== undefined || problems.unit !== undefined;

  const filter: PosServerFilter = {
    organizationId: read<number | null>("organization", null, (text) => readId(text) ?? undefined),
    tagId: read<number | null>("tag", null, (text) => readId(text) ?? undefined),
    period:
      count !== null && !isWrong
        ? { count, unit }
        : ignoresPeriod({ scope, state, causeKey, change, isByGuess, logSearchId })
          ? null
          : DEFAULT_PERIOD,
    isSyncedHidden: ["1", "on", "true"].includes(lastValue(query.hideSynced)),
    state,
    scope,
    causeKey,
    change,
    isByGuess,
    logSearchId,
    openCause: read<string | null>("open", null, (text) => (CAUSE_HASH.test(text) ? text : undefined)),
    search: read("q", "", (text) => (text.length <= MAX_SEARCH_LENGTH ? text.trim() : undefined)),
    sort: read("sort", { column: "state", isDescending: false }, parseSort),
    page: read("page", 1, numberUpTo(MAX_PAGE)),
  };
  return { filter, problems };
}

export function withNothingBut(given: Partial<PosServerFilter>): PosServerFilter {
  return {
    organizationId: null,
    tagId: null,
    period: null,
    isSyncedHidden: false,
    state: null,
    scope: "listed",
    causeKey: null,
    change: null,
    isByGuess: false,
    logSearchId: null,
    openCause: null,
    search: "",
    sort: { column: "state", isDescending: false },
    page: 1,
    ...given,
  };
}

/** The address that gives this filter, with defaults left out. */
export function filterUrl(filter: PosServerFilter, path = "/pos-servers"): string {
  const query = new URLSearchParams();
  if (filter.organizationId !== null) query.set("organization", String(filter.organizationId));
  if (filter.tagId !== null) query.set("tag", String(filter.tagId));
  const isDefaultPeriod =
    filter.period?.count === DEFAULT_PERIOD.count && filter.period.unit === DEFAULT_PERIOD.unit;
  if (filter.period && (ignoresPeriod(filter) || !isDefaultPeriod)) {
    query.set("period", String(filter.period.count));
    query.set("unit", filter.period.unit);
  }
  if (filter.isSyncedHidden) query.set("hideSynced", "1");
  if (filter.state) query.set("state", filter.state);
  if (filter.scope !== "listed") query.set("scope", filter.scope);
  if (filter.causeKey) query.set("cause", filter.causeKey);
  if (filter.change) query.set("change", filter.change);
  if (filter.isByGuess) query.set("evidence", "guess");
  if (filter.logSearchId !== null) query.set("found", String(filter.logSearchId));
  if (filter.openCause) query.set("open", filter.openCause);
  if (filter.search) query.set("q", filter.search);
  const sort = sortValue(filter.sort);
  if (sort !== "state") query.set("sort", sort);
  if (filter.page > 1) query.set("page", String(filter.page));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The address of the list that a form names; never an address of anything else. */
export function filterUrlOf(sent: string): string {
  const query = Object.fromEntries(new URLSearchParams(sent.split("?")[1] ?? ""));
  return filterUrl(parseFilter(query).filter);
}

/** `sort` in the address: the column, with a minus when it descends. */
export function sortValue(sort: PosServerFilter["sort"]): string {
  return `${sort.isDescending ? "-" : ""}${sort.column}`;
}

/** @param key of the catalogs, which has a word for each unit. */
export function periodInWords({ t }: Pick<Viewer, "t">, key: string, { count, unit }: Period): string {
  return t(`${key}.${unit}`, { count });
}

/** The earliest last update (ms UTC) that lies within the period. */
export function periodStart(period: Period, now: number): number {
  return now - period.count * UNIT_MS[period.unit];
}

/** Whether such a filter has no default period. */
function ignoresPeriod(
  filter: Pick<PosServerFilter, "scope" | "state" | "causeKey" | "change" | "isByGuess" | "logSearchId">,
): boolean {
  const { scope, state, causeKey, change, isByGuess, logSearchId } = filter;
  const isPrecise =
    state !== null || causeKey !== null || change !== null || isByGuess || logSearchId !== null;
  return scope === "parked" || (scope === "listed" && isPrecise);
}

function lastValue(value: unknown): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : "";
}

function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T | undefined {
  return (text) => allowed.find((value) => value === text);
}

function numberUpTo(maximum: number): (text: string) => number | undefined {
  return (text) => {
    const number = readId(text) ?? undefined;
    return number !== undefined && number <= maximum ? number : undefined;
  };
}

function parseSort(text: string): PosServerFilter["sort"] | undefined {
  const isDescending = text.startsWith("-");
  const column = oneOf(SORT_COLUMNS)(isDescending ? text.slice(1) : text);
  return column && { column, isDescending };
}
