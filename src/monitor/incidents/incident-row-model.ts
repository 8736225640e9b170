import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import {
  causeOfIncident,
  placeOfIncident,
  returnsInWords,
  silenceOfIncident,
  standingOfIncident,
  titleOfIncident,
} from "../fleet/incidents/incident-in-words.ts";
import type { Taking } from "../fleet/takings.ts";
import { takingSign } from "../takings/taking-sign.ts";
import { namePartsOf } from "../viewer/name-parts.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type IncidentsFilter, incidentsUrl } from "./filter.ts";

const MINUTE_MS = 60_000;

/** An incident as the list shows it. */
export function incidentRowModel(
  viewer: Viewer,
  incident: ShownIncident,
  { filter, taking, now }: { filter: IncidentsFilter; taking: Taking | null; now: number },
) {
  const { t, format } = viewer;
  const { id, posServer, openedAt, closedAt } = incident;
  const title = titleOfIncident(viewer, incident);
  const { state, text, lastsSince } = standingOfIncident(viewer, incident);
  const cause = causeOfIncident(viewer, incident);
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
    taking: taking && { ...takingSign(viewer, taking, now), note: taking.note },
  };
}

function isSameMinute(one: number, other: number): boolean {
  return Math.floor(one / MINUTE_MS) === Math.floor(other / MINUTE_MS);
}
