import type { IncidentKind } from "../fleet/incidents/incident.ts";
import type { IncidentFilter } from "../fleet/incidents/incident-filter.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";

const HOUR_MS = 3_600_000;
const FIELDS = ["show", "period", "organization", "kind", "posServer", "q", "page"] as const;
const MAX_SEARCH_LENGTH = 100;
const MAX_SHOWN_VALUE_LENGTH = 40;
const MOST_PAGES = 10_000;

/** What the page lists: incidents that are open, or that were opened or closed within its period. */
export const SHOWN = ["open", "new", "closed"] as const;
export type Shown = (typeof SHOWN)[number];

/** Its periods, ms. */
export const PERIODS = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
} as const;
export type Period = keyof typeof PERIODS;
export const PERIOD_NAMES: readonly Period[] = ["hour", "day", "week", "month"];
export const KINDS: readonly IncidentKind[] = ["common", "single"];

/** What the page's address asks for: the query of `/incidents`, understood. null = all. */
export interface IncidentsFilter {
  show: Shown;
  period: Period;
  organizationId: number | null;
  kind: IncidentKind | null;
  posServerId: number | null;
  search: string;
  page: number;
}

/** Values that were not understood, as they were typed (shortened): the filter has the usual ones instead. */
export type IncidentsFilterProblems = Partial<Record<(typeof FIELDS)[number], string>>;

export const USUAL_FILTER: IncidentsFilter = {
  ...{ show: "open", period: "day" },
  ...{ organizationId: null, kind: null, posServerId: null, search: "", page: 1 },
};

/** Reads the query of `/incidents`. Whatever is malformed counts as not given and is named in `problems`. */
export function parseIncidentsFilter(query: unknown): {
  filter: IncidentsFilter;
  problems: IncidentsFilterProblems;
} {
  const typed = textFields(query, FIELDS);
  const problems: IncidentsFilterProblems = {};
  const read = <T>(field: (typeof FIELDS)[number], usual: T, parse: (text: string) => T | null): T => {
    const text = typed[field].trim();
    if (text === "") return usual;
    const value = parse(text);
    if (value === null) problems[field] = shorten(text);
    return value ?? usual;
  };
  const filter: IncidentsFilter = {
    show: read("show", USUAL_FILTER.show, (text) => SHOWN.find((one) => one === text) ?? null),
    period: read("period", USUAL_FILTER.period, (text) => PERIOD_NAMES.find((one) => one === text) ?? null),
    organizationId: read<number | null>("organization", null, readId),
    kind: read<IncidentKind | null>("kind", null, (text) => KINDS.find((one) => one === text) ?? null),
    posServerId: read<number | null>("posServer", null, readId),
    search: typed.q.trim().slice(0, MAX_SEARCH_LENGTH),
    page: read("page", 1, readPage),
  };
  return { filter, problems };
}

/** Writes a filter as the address that gives it; or that of an incident, whose page leads back to that list. */
export function incidentsUrl(filter: IncidentsFilter, path = "/incidents"): string {
  const {
    show,
    period,
    organizationId: organization,
    kind,
    posServerId: posServer,
    search: q,
    page,
  } = filter;
  const query = new URLSearchParams();
  if (show !== USUAL_FILTER.show) query.set("show", show);
  if (period !== USUAL_FILTER.period) query.set("period", period);
  for (const [field, value] of Object.entries({ organization, kind, posServer, q })) {
    if (value) query.set(field, String(value));
  }
  if (page > 1) query.set("page", String(page));
  return query.size > 0 ? `${path}?${query}` : path;
}

/** A filter as it narrows incidents at `now` (ms UTC). @param search as the search box looks for it. */
export function narrowed(filter: IncidentsFilter, search: string, now: number): IncidentFilter {
  const { show, period, organizationId, kind, posServerId } = filter;
  return {
    status: show === "new" ? "opened" : show,
    since: now - PERIODS[period],
    ...{ organizationId, kind, posServerId, search },
  };
}

function readPage(text: string): number | null {
  const page = readId(text);
  return page !== null && page <= MOST_PAGES ? page : null;
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN_VALUE_LENGTH ? `${text.slice(0, MAX_SHOWN_VALUE_LENGTH)}…` : text;
}
