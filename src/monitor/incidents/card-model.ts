import { exampleInWords } from "../fleet/cause-in-words.ts";
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
import { filterUrl, withNothingBut } from "../pos-servers/filter.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import { createStepModel } from "../pos-servers/step-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The POS server of a single incident as it is now. */
export interface KnownPosServer {
  posServer: ShownPosServer;
  row: PosServerRow;
}

const PAGE = { isDialog: false };

/** What is the matter, what it means at the tills, and what to do. */
export function cardModel(
  viewer: Viewer,
  incident: ShownIncident,
  known: KnownPosServer | null,
  now: number,
) {
  const { t, format } = viewer;
  const { openedAt, failingSince, closedAt, failing, partOfId, posServer } = incident;
  const { state, text, lastsSince } = standingOfIncident(viewer, incident);
  const { text: cause, detail } = exampleInWords(viewer, incident.example);
  const isFailing = closedAt === null && failing > 0;
  const { advice, adviceBefore } = isFailing
    ? adviceOnIncident(incident, known?.posServer ?? null)
    : NO_ADVICE;
  return {
    state,
    label: isFailing
      ? t(`state.${state}`)
      : closedAt === null
        ? text
        : t(`incident.over.${incident.endedBy ?? "removed"}`),
    since: closedAt === null ? t("posServer.since", { time: format.clock(failingSince, now) }) : null,
    lasted: lastsSince === null ? null : format.lasted(lastsSince, now),
    period:
      closedAt === null
        ? null
        : {
            text: t("posServer.period", {
              from: format.clock(openedAt, now),
              to: endInWords(viewer, incident, now),
            }),
            length: lengthOfIncident(viewer, incident),
          },
    cause,
    whole: detail,
    returns:
      incident.reopenings > 0 && closedAt === null
        ? t("incident.returnsSince", {
            returns: returnsInWords(viewer, incident),
            time: format.clock(openedAt, now),
          })
        : returnsInWords(viewer, incident),
    silence: silenceOfIncident(viewer, incident, now),
    isOfOne: posServer === null,
    meaning: advice && meaningInWords(viewer, incident, advice, now),
    todo: advice && [todoInWords(viewer, incident, advice), ...afterSilence(viewer, adviceBefore)].join(" "),
    partOf: partOfId === null ? null : { url: `/incidents/${partOfId}`, text: t("incident.partOf") },
    actions: [
      ...steps(viewer, advice, known),
      ...(posServer?.id
        ? [{ ...PAGE, url: `/pos-servers/${posServer.id}`, text: t("incident.toPosServer") }]
        : []),
      ...(isFailing && !posServer && incident.causeKey !== null
        ? [
            {
              ...PAGE,
              url: filterUrl(withNothingBut({ causeKey: incident.causeKey })),
              text: t("incident.toList"),
            },
          ]
        : []),
    ],
  };
}

function afterSilence({ t }: Viewer, before: Advice | null): string[] {
  return before ? [t("posServer.todo.afterSilence"), t(`cause.todo.${before.todo}`)] : [];
}

/** The one step that is recommended, where it can be done from here. */
function steps(viewer: Viewer, advice: Advice | null, known: KnownPosServer | null) {
  if (!advice || !known) return [];
  const step = createStepModel(viewer, "list")(advice.step, known.posServer, known.row);
  return step && step.kind !== "poll" && !step.isQuiet
    ? [{ url: step.url, text: step.text, isDialog: step.kind === "dialog" }]
    : [];
}

function endInWords({ format }: Viewer, { openedAt, closedAt }: ShownIncident, now: number): string {
  const end = closedAt ?? openedAt;
  return format.day(end, now) === format.day(openedAt, now) ? format.clock(end, end) : format.clock(end, now);
}
