import { MINUTE_MS } from "../../protocol/time-units.ts";
import { acknowledgementSign } from "../acknowledgements/acknowledgement-sign.ts";
import { exampleInWords } from "../fleet/cause-in-words.ts";
import { PAGE_INCIDENTS, type ShownIncident } from "../fleet/incidents/find-incidents.ts";
import {
  placeOfIncident,
  returnsInWords,
  silenceOfIncident,
  standingOfIncident,
  titleOfIncident,
} from "../fleet/incidents/incident-in-words.ts";
import type { StateCounts } from "../fleet/summary.ts";
import { type Health, healthInWords } from "../pos-servers/health.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import { namePartsOf } from "../viewer/in-words.ts";
import { dayStart } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type IncidentsFilter, incidentsUrl, PERIODS, SHOWN, type Shown, USUAL_FILTER } from "./filter.ts";

interface ListedIncidents {
  filter: IncidentsFilter;
  incidents: ShownIncident[];
  pages: number;
  acknowledgements: ReadonlyMap<number, Acknowledgement>;
  health: Health;
  counts: Record<Shown, number>;
  /** Of all POS servers that the viewer may see. */
  states: StateCounts;
}

export function incidentsModel(viewer: Viewer, listed: ListedIncidents, now: number) {
  const { filter, incidents, pages, acknowledgements, counts } = listed;
  const { day } = filter;
  const first = (filter.page - 1) * PAGE_INCIDENTS + 1;
  const { t, format } = viewer;
  const period = t(`incident.period.${filter.period}`);
  return {
    trouble: healthInWords(viewer, listed.health, now),
    segments: [...SHOWN, ...(day === null ? [] : (["day"] as const))].map((show) => ({
      name: show,
      text: t(`incident.show.${show}`, { period, day: dayInWords(viewer, day, now) }),
      count: format.number(counts[show]),
      isZero: counts[show] === 0,
      isCurrent: show === filter.show,
      url: incidentsUrl({ ...filter, show, day: show === "day" ? day : null, page: 1 }),
    })),
    rows: incidents.map((incident) =>
      incidentRowModel(viewer, incident, filter, acknowledgements.get(incident.id), now),
    ),
    empty: incidents.length > 0 ? null : emptyModel(viewer, filter, listed.states, now),
    pages:
      pages > 1
        ? {
            newerUrl: filter.page > 1 ? incidentsUrl({ ...filter, page: filter.page - 1 }) : null,
            olderUrl: filter.page < pages ? incidentsUrl({ ...filter, page: filter.page + 1 }) : null,
            range: t("posServers.pagination.range", {
              from: format.number(first),
              to: format.number(first + incidents.length - 1),
              total: format.number(counts[filter.show]),
            }),
          }
        : null,
  };
}

function dayInWords({ format, timeZone }: Viewer, day: string | null, now: number): string | null {
  return day && format.longDay(dayStart(day, timeZone), now);
}

function emptyModel(viewer: Viewer, filter: IncidentsFilter, states: StateCounts, now: number) {
  const { t } = viewer;
  const { day, organizationId, kind, posServerId, search, show, period } = filter;
  const isNarrowed = organizationId !== null || kind !== null || posServerId !== null || search !== "";
  const isOfAll = show === "open" && !isNarrowed;
  const mayBeLonger = (show === "new" || show === "closed") && PERIODS[period] < PERIODS.month;
  const longerUrl = incidentsUrl({ ...filter, period: "month", page: 1 });
  const allUrl = incidentsUrl({ ...USUAL_FILTER, show, day, period });
  return {
    isOfAll,
    title: t(isNarrowed ? "form.nothingFound" : `incident.empty.${show}`, {
      period: t(`incident.period.${period}`),
      day: dayInWords(viewer, day, now),
    }),
    text: t(isOfAll ? `incident.empty.${fleetWithoutTrouble(states)}` : "incident.empty.change"),
    longer: mayBeLonger ? { url: longerUrl, text: t("incident.empty.month") } : null,
    all: isNarrowed ? { url: allUrl, text: t("incident.filter.reset") } : null,
  };
}

/** What is known of POS servers of which none has an incident: who has not answered yet is not well. */
function fleetWithoutTrouble({ pending = 0, parked: _parked, ...answered }: StateCounts) {
  if (Object.values(answered).some((posServers) => posServers > 0))
    return pending === 0 ? "fine" : "someAnswered";
  return pending === 0 ? "noPosServers" : "noneAnswered";
}

function incidentRowModel(
  viewer: Viewer,
  incident: ShownIncident,
  filter: IncidentsFilter,
  acknowledgement: Acknowledgement | undefined,
  now: number,
) {
  const { t, format } = viewer;
  const { id, posServer, openedAt, closedAt } = incident;
  const title = titleOfIncident(viewer, incident);
  const { state, text, lastsSince } = standingOfIncident(viewer, incident);
  const cause = exampleInWords(viewer, incident.example);
  return {
    id: `incident-${id}`,
    kind: incident.kind,
    url: incidentsUrl(filter, `/incidents/${id}`),
    state,
    label: closedAt === null ? t(`state.${state}`) : t("incident.closed"),
    title,
    nameParts: posServer ? namePartsOf(title) : { start: title, end: "" },
    place: placeOfIncident(viewer, incident),
    cause: { text: cause.text, title: cause.detail ?? cause.text },
    returns: silenceOfIncident(viewer, incident, now) ?? returnsInWords(viewer, incident),
    began: { iso: new Date(openedAt).toISOString(), text: format.clock(openedAt, now) },
    ended: closedAt === null || isSameMinute(openedAt, closedAt) ? null : format.clock(closedAt, closedAt),
    standing: text,
    lasted: lastsSince === null ? null : format.lasted(lastsSince, now),
    acknowledgement: acknowledgement && {
      ...acknowledgementSign(viewer, acknowledgement, now),
      note: acknowledgement.note,
    },
  };
}

function isSameMinute(one: number, other: number): boolean {
  return Math.floor(one / MINUTE_MS) === Math.floor(other / MINUTE_MS);
}
