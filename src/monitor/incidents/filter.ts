import { HOUR_MS } from "../../protocol/time-units.ts";
import type { IncidentKind } from "../fleet/incidents/incident.ts";
import { queryReader, readId } from "../forms/fields.ts";
import { readDay } from "../viewer/local-time.ts";

const FIELDS = ["show", "day", "period", "organization", "kind", "posServer", "q", "page"] as const;
const MAX_SEARCH_LENGTH = 100;
const MOST_PAGES = 10_000;

/** Open incidents, or those opened or closed within the period; with a day also those that lasted then. */
export const SHOWN = ["open", "new", "closed"] as const;
export type Shown = (typeof SHOWN)[number] | "day";

export const PERIODS = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
} as const;
export type Period = keyof typeof PERIODS;
export const PERIOD_NAMES: readonly Period[] = ["hour", "day", "week", "month"];
export const KINDS: readonly IncidentKind[] = ["common", "single"];

/** The query of `/incidents`; null = all. */
export interface IncidentsFilter {
  show: Shown;
  /** `YYYY-MM-DD` of the viewer's calendar, for `show` = `day`; else null. */
  day: string | null;
  period: Period;
  organizationId: number | null;
  kind: IncidentKind | null;
  posServerId: number | null;
  search: string;
  page: number;
}

/** As typed (shortened); the filter has the default there. */
export type IncidentsFilterProblems = Partial<Record<(typeof FIELDS)[number], string>>;

export const USUAL_FILTER: IncidentsFilter = {
  show: "open",
  day: null,
  period: "day",
  organizationId: null,
  kind: null,
  posServerId: null,
  search: "",
  page: 1,
};

/** A malformed value becomes its default and is named in `problems`. @param today `YYYY-MM-DD`. */
export function parseIncidentsFilter(query: unknown, today: string) {
  const problems: IncidentsFilterProblems = {};
  const read = queryReader(query, problems);
  const oneOf = <Name extends string>(field: (typeof FIELDS)[number], names: readonly Name[]) =>
    read(field, (text) => names.find((name) => name === text) ?? null);
  const show = oneOf("show", SHOWN);
  const day = read("day", (text) => (text <= today ? readDay(text) : null));
  const filter: IncidentsFilter = {
    show: show ?? (day === null ? USUAL_FILTER.show : "day"),
    day: show === null ? day : null,
    period: oneOf("period", PERIOD_NAMES) ?? USUAL_FILTER.period,
    organizationId: read("organization", readId),
    kind: oneOf("kind", KINDS),
    posServerId: read("posServer", readId),
    search: read("q", (text) => text.trim().slice(0, MAX_SEARCH_LENGTH)) ?? "",
    page: read("page", readPage) ?? 1,
  };
  return { filter, problems };
}

/** @param path of the list, or of an incident, whose page leads back to the list. */
export function incidentsUrl(filter: IncidentsFilter, path = "/incidents"): string {
  const { show, day, period, organizationId, kind, posServerId, search, page } = filter;
  const asked = { organization: organizationId, kind, posServer: posServerId, q: search };
  const query = new URLSearchParams();
  if (show === "day") query.set("day", day ?? "");
  else if (show !== USUAL_FILTER.show) query.set("show", show);
  if (period !== USUAL_FILTER.period) query.set("period", period);
  for (const [field, value] of Object.entries(asked)) {
    if (value) query.set(field, String(value));
  }
  if (page > 1) query.set("page", String(page));
  return query.size > 0 ? `${path}?${query}` : path;
}

function readPage(text: string): number | null {
  const page = readId(text);
  return page !== null && page <= MOST_PAGES ? page : null;
}
