import { HOUR_MS } from "../../protocol/time-units.ts";
import {
  filterUrl,
  type Period,
  type PosServerFilter,
  periodInWords,
  type SortColumn,
  withNothingBut,
} from "../filter/filter.ts";
import { PAGE_ROWS } from "../filter/list-pos-servers.ts";
import { stepInWords } from "../fleet/cause-in-words.ts";
import { guessesInWords } from "../fleet/evidence.ts";
import { RECOMMENDED_STEPS } from "../fleet/recommended-steps.ts";
import { POS_SERVER_STATES } from "../fleet/state.ts";
import { codeInWords } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { causesModel } from "./causes-model.ts";
import { groupsModel } from "./groups-model.ts";
import { healthInWords } from "./health.ts";
import type { Listing } from "./listing.ts";
import { segmentsModel } from "./segments-model.ts";

const WIDEST_PERIOD: Period = { count: 3650, unit: "days" };
const NEIGHBOUR_PAGES = 2;
const SORT_MARKS = { ascending: "↑", descending: "↓" };

/** What refreshes itself above the filter: notices, and the segments. */
export function aboveFilterModel(viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) {
  return {
    trouble: healthInWords(viewer, listing.health, now),
    awaitedAgents:
      listing.awaitedAgents === 0
        ? null
        : viewer.t("posServers.awaitedAgents", { count: listing.awaitedAgents }),
    guesses: viewer.user?.isAdministrator ? guessesInWords(viewer, listing.summary.guessed) : null,
    ...segmentsModel(viewer, filter, listing.segments),
  };
}

/** What refreshes itself below the filter: the table. */
export function belowFilterModel(viewer: Viewer, filter: PosServerFilter, listing: Listing, now: number) {
  const { t } = viewer;
  const { rows, causes, total, pages, silent } = listing;
  const grouped = causes.reduce((sum, { posServers }) => sum + posServers, 0);
  return {
    silent: silentModel(viewer, filter, silent, now),
    causes: causesModel(viewer, filter, causes, now),
    empty: rows.length + grouped === 0 ? emptyModel(viewer, filter, listing) : null,
    found: t("posServers.found", { count: total + grouped }),
    columns: columnsModel(viewer, filter),
    bar: barModel(viewer, total + grouped),
    ...groupsModel(viewer, filter, rows, listing.segments),
    pagination: pages > 1 ? pagination(viewer, filter, listing) : null,
  };
}

/** What can be done for all that are ticked. */
function barModel({ t }: Viewer, found: number) {
  return {
    picked: t("batch.picked", { number: "{count}" }),
    of: t("batch.of", { number: "{count}" }),
    total: found,
    all: t("batch.all", { count: found }),
    kinds: (["take", "poll", "logs", "start", "tag", "park"] as const).map((kind) => ({
      kind,
      text: codeInWords(t, kind, "batch.briefly", "batch.kind"),
    })),
  };
}

/** `room` has the longest texts of a column, which reserve its width, so that no refresh moves it. */
function columnsModel(viewer: Viewer, { sort, ...filter }: PosServerFilter) {
  const { t } = viewer;
  const room = roomModel(viewer);
  const sorted = (column: SortColumn, given: { room?: string; pick?: string } = {}) => {
    const isSorted = sort.column === column;
    const direction = sort.isDescending ? ("descending" as const) : ("ascending" as const);
    const isDescending = isSorted && !sort.isDescending;
    return {
      column,
      title: t(`posServers.column.${column}`),
      ...given,
      sort: {
        direction: isSorted ? direction : null,
        mark: isSorted ? SORT_MARKS[direction] : "↕",
        url: filterUrl({ ...filter, sort: { column, isDescending }, page: 1 }),
      },
    };
  };
  return [
    sorted("state", { room: room.state, pick: t("batch.choosePage") }),
    // The organization stands there too.
    sorted("name"),
    { column: "hours", title: t("posServers.column.hours") },
    sorted("version", { room: room.version }),
    sorted("lastUpdateAt", { room: room.time }),
    sorted("lastSyncAt", { room: room.time }),
    sorted("error"),
    { column: "step", title: t("posServers.column.actions"), room: room.step },
    { column: "others", title: t("posServers.column.others"), room: room.others },
  ];
}

function silentModel(
  viewer: Viewer,
  filter: PosServerFilter,
  { count, longest }: Listing["silent"],
  now: number,
) {
  const { t, format } = viewer;
  if (count === 0 || filter.period === null) return null;
  const others = count - longest.length;
  return {
    text: t("posServers.silent.line", {
      count,
      period: periodInWords(viewer, "posServers.longerThan", filter.period),
    }),
    named: longest.map(({ id, name, lastUpdateAt }) => ({
      url: `/pos-servers/${id}`,
      name,
      lasted: lastUpdateAt === null ? null : format.lasted(lastUpdateAt, now),
    })),
    others: others > 0 ? t("posServers.silent.others", { count: others }) : null,
    url: filterUrl({ ...filter, scope: "outside", isSyncedHidden: false, page: 1 }),
  };
}

function roomModel(viewer: Viewer) {
  const { t, format } = viewer;
  const lasted = (hours: number) => format.lasted(0, hours * HOUR_MS).text;
  const times = [...format.ageWords.steps, t("posServers.neverUpdated"), lasted(23.99), lasted(167)];
  // «unsupported» takes two lines.
  const states = [...POS_SERVER_STATES.filter((state) => state !== "unsupported"), "parked"];
  const recovered = `${lasted(0)} ${t("posServers.change.recovered")}`;
  return {
    state: [...states.map((state) => t(`state.${state}`)), recovered].join("\n"),
    version: `${t("posServers.versionUnknown")}\n→ 00.00.000.0`,
    time: times.join("\n"),
    // The longest take two lines.
    step: RECOMMENDED_STEPS.map((step) => stepInWords(viewer, step).replace(/^(\S{10,}) /, "$1\n")).join(
      "\n",
    ),
    others: `${t("acknowledgement.take")}\n${t("parking.untilTime", { time: format.clock(0, 0) })}`,
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

function emptyModel(
  viewer: Viewer,
  filter: PosServerFilter,
  { fleetSize, whomToAsk }: Pick<Listing, "fleetSize" | "whomToAsk">,
) {
  const { t } = viewer;
  const text = (key: string, options = {}) => t(`posServers.empty.${key}`, options);
  if (fleetSize === 0) {
    const organizations = { text: t("organizations.title"), url: "/organizations" };
    const title = text("fleetTitle");
    if (whomToAsk === null) {
      const connect = { text: t("firstStart.title"), url: "/first-start" };
      return { title, text: text("fleetText"), actions: [connect, organizations] };
    }
    const whom = whomToAsk.length > 0 ? ` ${t("error.noRightWhom", { names: whomToAsk.join(", ") })}` : "";
    return { title, text: `${text("fleetOfOthers")}${whom}`, actions: null };
  }
  const reset = { text: text("reset"), url: filterUrl(withNothingBut({})) };
  const isOfAll = filter.organizationId === null && filter.tagId === null;
  if (filter.scope === "outside" && filter.search === "" && isOfAll) {
    return { title: text("outsideTitle"), text: text("outsideText"), actions: [reset] };
  }
  const isNarrowed =
    filter.search !== "" ||
    filter.tagId !== null ||
    filter.state !== null ||
    filter.causeKey !== null ||
    filter.change !== null ||
    filter.isByGuess ||
    filter.logSearchId !== null ||
    filter.scope !== "listed";
  if (filter.isSyncedHidden && !isNarrowed) {
    const url = filterUrl({ ...filter, isSyncedHidden: false, page: 1 });
    const actions = [{ text: text("showSynced"), url }];
    return { title: text("allSyncedTitle"), text: text("allSyncedText"), actions };
  }
  const period = filter.scope === "listed" ? filter.period : null;
  const isWidest =
    period === null || (period.unit === WIDEST_PERIOD.unit && period.count >= WIDEST_PERIOD.count);
  const widen = { text: text("anyPeriod"), url: filterUrl({ ...filter, period: WIDEST_PERIOD, page: 1 }) };
  return {
    title: text("nothingTitle"),
    text: period
      ? text("nothingInPeriod", { period: periodInWords(viewer, "posServers.period", period) })
      : text("nothingAtAll"),
    actions: isWidest ? [reset] : [widen, reset],
  };
}
