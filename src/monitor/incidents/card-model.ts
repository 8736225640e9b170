import { ANYTHING } from "../../protocol/log-lines.ts";
import { filterUrl, withNothingBut } from "../filter/filter.ts";
import { adviceOnExample } from "../fleet/cause-example.ts";
import { exampleInWords, helpUrlOf } from "../fleet/cause-in-words.ts";
import type { Advice } from "../fleet/causes.ts";
import {
  adviceOnIncident,
  meaningInWords,
  NO_ADVICE,
  todoInWords,
} from "../fleet/incidents/advice-in-words.ts";
import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import {
  lengthOfIncident,
  returnsInWords,
  silenceOfIncident,
  standingOfIncident,
} from "../fleet/incidents/incident-in-words.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import { createStepModel } from "../pos-servers/step-model.ts";
import type { PastEndModel } from "../repairs/known-before.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { callOf, type RestaurantNote } from "../restaurants/notes.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Of a single incident, as it is now. */
export interface KnownPosServer {
  posServer: ShownPosServer;
  row: PosServerRow;
  note: RestaurantNote | null;
  knownBefore: PastEndModel[];
}

export function cardModel(
  viewer: Viewer,
  incident: ShownIncident,
  { posServer: known, hasLines }: { posServer: KnownPosServer | null; hasLines: boolean },
  now: number,
) {
  const { t, format } = viewer;
  const { openedAt, failingSince, closedAt, failing, partOfId, posServer, causeKey } = incident;
  const { state, text, lastsSince } = standingOfIncident(viewer, incident);
  const { text: cause, detail } = exampleInWords(viewer, incident.example);
  const named = adviceOnExample(incident.example, false);
  const isFailing = closedAt === null && failing > 0;
  const { advice, adviceBefore } = isFailing
    ? adviceOnIncident(incident, known?.posServer ?? null)
    : NO_ADVICE;
  const opened = format.clock(openedAt, now);
  const returns = returnsInWords(viewer, incident);
  const todo = advice && [todoInWords(viewer, incident, advice)];
  if (adviceBefore) todo?.push(t("posServer.todo.afterSilence"), t(`cause.todo.${adviceBefore.todo}`));
  const call = callOf(viewer, known?.note ?? null);
  const actions = steps(viewer, advice, known);
  if (call) actions.push({ url: call.url, text: `${call.text}, ${call.number}`, isDialog: false });
  if (posServer?.id)
    actions.push({ url: `/pos-servers/${posServer.id}`, text: t("incident.toPosServer"), isDialog: false });
  if (isFailing && !posServer && causeKey !== null)
    actions.push({
      url: filterUrl(withNothingBut({ causeKey })),
      text: t("incident.toList"),
      isDialog: false,
    });
  // The lines at the fault lead there too.
  if (!hasLines && incident.example.text !== "" && !incident.example.failureCode) {
    const text = incident.example.text.replaceAll("#", ANYTHING);
    const query = new URLSearchParams({ text, ...(posServer?.id && { posServer: String(posServer.id) }) });
    actions.push({ url: `/log-searches/new?${query}`, text: t("logSearch.title"), isDialog: true });
  }
  const shown = {
    state,
    label: isFailing ? t(`state.${state}`) : text,
    since: t("posServer.since", { time: format.clock(failingSince, now) }),
    lasted: lastsSince === null ? null : format.lasted(lastsSince, now),
    cause,
    whole: detail,
    helpUrl: named && helpUrlOf(named.cause),
    returns: returns && t("incident.returnsSince", { returns, time: opened }),
    silence: silenceOfIncident(viewer, incident, now),
    isOfMany: posServer === null,
    meaning: advice && meaningInWords(viewer, incident, advice, now),
    todo: todo?.join(" "),
    knownBefore: isFailing && known ? known.knownBefore : [],
    partOf: partOfId === null ? null : { url: `/incidents/${partOfId}`, text: t("incident.partOf") },
    actions,
  };
  if (closedAt === null) return shown;
  const period = t("logRequest.period", { from: opened, to: endInWords(viewer, openedAt, closedAt, now) });
  return {
    ...shown,
    label: t(`incident.over.${incident.endedBy ?? "removed"}`),
    since: null,
    returns,
    period: { text: period, length: lengthOfIncident(viewer, incident) },
  };
}

function steps(viewer: Viewer, advice: Advice | null, known: KnownPosServer | null) {
  if (!advice || !known) return [];
  const step = createStepModel(viewer, "list")(advice.step, known.posServer, known.row);
  return step && step.kind !== "poll" && !step.isQuiet
    ? [{ url: step.url, text: step.text, isDialog: step.kind === "dialog" }]
    : [];
}

/** Without its day when that is the day of the beginning. */
export function endInWords({ format }: Viewer, beganAt: number, endedAt: number, now: number): string {
  const isSameDay = format.day(beganAt, now) === format.day(endedAt, now);
  return format.clock(endedAt, isSameDay ? endedAt : now);
}
