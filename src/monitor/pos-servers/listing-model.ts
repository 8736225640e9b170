import type { PosServerState } from "../fleet/state.ts";
import type { OwnCommonFailure } from "../fleet/summary.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { emptyModel } from "./empty-model.ts";
import { filterUrl, type PosServerFilter, SORT_COLUMNS, type SortColumn, withNothingBut } from "./filter.ts";
import { PAGE_ROWS } from "./list-pos-servers.ts";
import type { Listing } from "./listing.ts";
import { periodInWords } from "./period-in-words.ts";

const CHIPS: readonly (PosServerState | "parked")[] = [
  "sync_error",
  "service_stopped",
  "unreachable",
  "sync_stale",
  "update_required",
  "synced",
  "pending",
  "unsupported",
  "parked",
];
/** Shown only when there are any; the others keep their place so that nothing jumps. */
const RARE_CHIPS: readonly (PosServerState | "parked")[] = ["pending", "unsupported", "parked"];
const NEIGHBOUR_PAGES = 2;
const SORT_MARKS = { ascending: "↑", descending: "↓" };

/** What refreshes itself above the filter: what concerns many, and how many are in each state. */
export function aboveFilterModel(viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) {
  const { commonFailure } = listing;
  return {
    trouble: troubleInWords(viewer, listing, now),
    commonFailure: commonFailure && failureModel(viewer, commonFailure, now),
    chips: chips(viewer, filter, listing),
  };
}

/** What refreshes itself below the filter: the table. */
export function belowFilterModel(viewer: Viewer, filter: PosServerFilter, listing: Listing) {
  const { t } = viewer;
  const { rows, total, pages, fleetSize } = listing;
  return {
    outside: listing.outside > 0 ? outside(viewer, filter, listing.outside) : null,
    empty: rows.length === 0 ? emptyModel(viewer, filter, fleetSize) : null,
    found: t("posServers.found", { count: total }),
    columns: SORT_COLUMNS.map((column) => columnModel(viewer, filter, column)),
    rows,
    pagination: pages > 1 ? pagination(viewer, filter, listing) : null,
  };
}

/** Why what is shown may not be what is. */
function troubleInWords({ t, format }: Viewer, listing: Listing, now: number): string | null {
  const { storageProblem, stalledSince } = listing;
  if (storageProblem) {
    const { kind, code, since } = storageProblem;
    return t(`posServers.storage.${kind}`, { time: format.clock(since, now), code });
  }
  return stalledSince === null ? null : t("posServers.stalled", { time: format.clock(stalledSince, now) });
}

function failureModel({ t, format }: Viewer, failure: OwnCommonFailure, now: number) {
  const { posServers: count, organizations, isPollFailure, example, causeKey } = failure;
  const time = format.clock(failure.since, now);
  return {
    posServers: t("posServers.commonFailure.posServers", { count }),
    organizations: t("posServers.commonFailure.organizations", { count: organizations }),
    text: t(`posServers.commonFailure.${isPollFailure ? "poll" : "sync"}`, { count, example, time }),
    url: filterUrl(withNothingBut({ causeKey })),
  };
}

function chips({ t, format }: Viewer, filter: PosServerFilter, { counts }: Listing) {
  return CHIPS.filter((state) => !RARE_CHIPS.includes(state) || (counts[state] ?? 0) > 0).map((state) => {
    const count = counts[state] ?? 0;
    const isParked = state === "parked";
    const isActive = isParked ? filter.scope === "parked" : filter.state === state;
    return {
      state,
      isActive,
      url: filterUrl(withNothingBut(isActive ? {} : isParked ? { scope: "parked" } : { state })),
      title: t("posServers.showAllInState", { state: t(`state.${state}`) }),
      count: format.number(count),
      text: t(`stateCount.${state}`, { count }),
    };
  });
}

function outside(viewer: Viewer, filter: PosServerFilter, count: number) {
  const { t, format } = viewer;
  const period = filter.period && periodInWords(viewer, "posServers.longerThan", filter.period);
  return {
    count: format.number(count),
    text: t("posServers.outside.line", { count, period }),
    url: filterUrl({ ...filter, scope: "outside", isSyncedHidden: false, page: 1 }),
  };
}

function columnModel({ t }: Viewer, { sort, ...filter }: PosServerFilter, column: SortColumn) {
  const isSorted = sort.column === column;
  const direction = sort.isDescending ? ("descending" as const) : ("ascending" as const);
  const isDescending = isSorted && !sort.isDescending;
  return {
    column,
    title: t(`posServers.column.${column}`),
    direction: isSorted ? direction : null,
    mark: isSorted ? SORT_MARKS[direction] : "↕",
    url: filterUrl({ ...filter, sort: { column, isDescending }, page: 1 }),
  };
}

function pagination({ t, format }: Viewer, filter: PosServerFilter, { page, pages, total, rows }: Listing) {
  const url = (wanted: number) => filterUrl({ ...filter, page: wanted });
  const before = (page - 1) * PAGE_ROWS;
  const from = Math.max(page - NEIGHBOUR_PAGES, 1);
  const to = Math.min(page + NEIGHBOUR_PAGES, pages);
  const near = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const shown = [...new Set([1, ...near, pages])];
  return {
    range: t("posServers.pagination.range", {
      from: format.number(before + 1),
      to: format.number(before + rows.length),
      total: format.number(total),
    }),
    previousUrl: page > 1 ? url(page - 1) : null,
    nextUrl: page < pages ? url(page + 1) : null,
    pages: shown.map((number, index) => ({
      number,
      label: t("posServers.pagination.page", { page: number }),
      url: url(number),
      isCurrent: number === page,
      isAfterGap: index > 0 && number - (shown[index - 1] ?? 0) > 1,
    })),
  };
}
