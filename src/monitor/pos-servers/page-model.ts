import type { PosServerState } from "../fleet/state.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type FilterProblems,
  filterUrl,
  PERIOD_UNITS,
  type Period,
  type PosServerFilter,
  type RawQuery,
  SORT_COLUMNS,
  sortValue,
} from "./filter.ts";
import { PAGE_ROWS } from "./list-pos-servers.ts";
import type { Listing } from "./listing.ts";
import { type OrganizationOptions, selectOption } from "./organization-options.ts";
import type { ShownListing } from "./shown-listings.ts";

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
const WIDEST_PERIOD: Period = { count: 3650, unit: "days" };

/** What the refreshed part of the page needs besides its rows: chips, lines, addresses, pages. */
export function partModel(viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) {
  return {
    ...listing,
    now,
    chips: chips(filter, listing),
    columns: SORT_COLUMNS.map((column) => columnHeader(filter, column)),
    pagination: listing.pages > 1 ? pagination(filter, listing) : null,
    outsideUrl: filterUrl({ ...filter, scope: "outside", isSyncedHidden: false, page: 1 }),
    causeUrl: listing.commonFailure && filterUrl(conditions({ causeKey: listing.commonFailure.causeKey })),
    longerThan: filter.period && periodText(viewer, "posServers.longerThan", filter.period),
    empty: listing.rows.length === 0 ? emptyState(viewer, filter, listing) : null,
  };
}

export interface PageInput {
  viewer: Viewer;
  filter: PosServerFilter;
  problems: FilterProblems;
  query: RawQuery;
  options: OrganizationOptions;
  shown: ShownListing;
  now: number;
}

/** What the whole page needs: the filter form with what was typed, and the part that refreshes itself. */
export function pageModel({ viewer, filter, problems, query, options, shown, now }: PageInput) {
  const { t, format } = viewer;
  const organization = options.organizations.find(({ id }) => id === filter.organizationId);
  const isOrganizationUnknown = filter.organizationId !== null && !organization;
  const messages = Object.entries(problems).map(([field, value]) => [
    field,
    t(`posServers.problem.${field}`, { value }),
  ]);
  const typed = (field: string, understood: string) => {
    const value = query[field];
    return field in problems && typeof value === "string" ? value : understood;
  };
  return {
    filter,
    organizationCount: options.organizations.length,
    organizationOptions: selectOption(options.html, filter.organizationId),
    units: PERIOD_UNITS,
    messages: {
      ...Object.fromEntries(messages),
      ...(isOrganizationUnknown && { organization: t("posServers.problem.organizationUnknown") }),
    },
    typed: {
      period: typed("period", filter.period ? String(filter.period.count) : ""),
      q: typed("q", filter.search),
    },
    summary: [
      organization?.name ?? t("posServers.filter.summary.allOrganizations"),
      filter.period
        ? periodText(viewer, "posServers.period", filter.period)
        : t("posServers.filter.summary.anyPeriod"),
      ...(filter.isSyncedHidden ? [t("posServers.filter.summary.hideSynced")] : []),
      ...(filter.search ? [`«${filter.search}»`] : []),
    ],
    activeConditions: activeConditions(viewer, filter, shown.listing),
    sort: sortValue(filter.sort),
    refreshUrl: filterUrl(filter),
    excelUrl: filterUrl({ ...filter, page: 1 }, "/pos-servers.xlsx"),
    tag: shown.tag,
    ...shown.parts(),
    loadedAt: format.clock(now, now),
    now,
  };
}

/** A filter with nothing but these conditions. */
function conditions(given: Partial<PosServerFilter>): PosServerFilter {
  return {
    organizationId: null,
    period: null,
    isSyncedHidden: false,
    state: null,
    scope: "listed",
    causeKey: null,
    search: "",
    sort: { column: "state", isDescending: false },
    page: 1,
    ...given,
  };
}

function chips(filter: PosServerFilter, { counts }: Listing) {
  return CHIPS.filter((state) => !RARE_CHIPS.includes(state) || (counts[state] ?? 0) > 0).map((state) => {
    const isParked = state === "parked";
    const isActive = isParked ? filter.scope === "parked" : filter.state === state;
    return {
      state,
      count: counts[state] ?? 0,
      isActive,
      url: filterUrl(conditions(isActive ? {} : isParked ? { scope: "parked" } : { state })),
    };
  });
}

function columnHeader(filter: PosServerFilter, column: PosServerFilter["sort"]["column"]) {
  const isSorted = filter.sort.column === column;
  const isDescending = isSorted && !filter.sort.isDescending;
  return {
    column,
    direction: isSorted ? (filter.sort.isDescending ? "descending" : "ascending") : null,
    url: filterUrl({ ...filter, sort: { column, isDescending }, page: 1 }),
  };
}

function pagination(filter: PosServerFilter, { page, pages, total, rows }: Listing) {
  const url = (wanted: number) => filterUrl({ ...filter, page: wanted });
  const from = Math.max(page - NEIGHBOUR_PAGES, 1);
  const to = Math.min(page + NEIGHBOUR_PAGES, pages);
  const near = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const shown = [...new Set([1, ...near, pages])];
  return {
    from: (page - 1) * PAGE_ROWS + 1,
    to: (page - 1) * PAGE_ROWS + rows.length,
    total,
    previousUrl: page > 1 ? url(page - 1) : null,
    nextUrl: page < pages ? url(page + 1) : null,
    pages: shown.map((number, index) => ({
      number,
      url: url(number),
      isCurrent: number === page,
      isAfterGap: index > 0 && number - (shown[index - 1] ?? 0) > 1,
    })),
  };
}

function activeConditions({ t, ...viewer }: Viewer, filter: PosServerFilter, { commonFailure }: Listing) {
  const active: { text: string; url: string }[] = [];
  const without = (change: Partial<PosServerFilter>) => filterUrl({ ...filter, ...change, page: 1 });
  if (filter.state) {
    const state = t(`state.${filter.state}`);
    active.push({ text: t("posServers.active.state", { state }), url: without({ state: null }) });
  }
  if (filter.causeKey) {
    const example = commonFailure?.causeKey === filter.causeKey ? commonFailure.example : null;
    const text = example ? t("posServers.active.cause", { example }) : t("posServers.active.causeUnknown");
    active.push({ text, url: without({ causeKey: null }) });
  }
  if (filter.scope === "outside" && filter.period) {
    const period = periodText({ t, ...viewer }, "posServers.longerThan", filter.period);
    active.push({ text: t("posServers.active.outside", { period }), url: without({ scope: "listed" }) });
  }
  if (filter.scope === "parked") {
    active.push({ text: t("posServers.active.parked"), url: without({ scope: "listed" }) });
  }
  return active;
}

function emptyState(viewer: Viewer, filter: PosServerFilter, { fleetSize }: Listing) {
  const { t } = viewer;
  const text = (key: string, options = {}) => t(`posServers.empty.${key}`, options);
  if (fleetSize === 0) {
    const organizations = { text: t("navigation.organizations"), url: "/organizations" };
    const actions = viewer.user?.isAdministrator ? [organizations] : [];
    return { title: text("fleetTitle"), text: text("fleetText"), actions };
  }
  const reset = { text: text("reset"), url: filterUrl(conditions({})) };
  if (filter.scope === "outside" && filter.search === "" && filter.organizationId === null) {
    return { title: text("outsideTitle"), text: text("outsideText"), actions: [reset] };
  }
  const isNarrowed =
    filter.search !== "" || filter.state !== null || filter.causeKey !== null || filter.scope !== "listed";
  if (filter.isSyncedHidden && !isNarrowed) {
    const showSynced = {
      text: text("showSynced"),
      url: filterUrl({ ...filter, isSyncedHidden: false, page: 1 }),
    };
    return {
      title: text("allSyncedTitle"),
      text: text("allSyncedText"),
      actions: [showSynced],
    };
  }
  const period = filter.scope === "listed" ? filter.period : null;
  const isWidest =
    period === null || (period.unit === WIDEST_PERIOD.unit && period.count >= WIDEST_PERIOD.count);
  const widen = { text: text("anyPeriod"), url: filterUrl({ ...filter, period: WIDEST_PERIOD, page: 1 }) };
  return {
    title: text("nothingTitle"),
    text: period
      ? text("nothingInPeriod", { period: periodText(viewer, "posServers.period", period) })
      : text("nothingAtAll"),
    actions: isWidest ? [reset] : [widen, reset],
  };
}

/** A period with a word that fits its number. */
export function periodText({ t }: Viewer, key: string, { count, unit }: Period): string {
  return t(`${key}.${unit}`, { count });
}
