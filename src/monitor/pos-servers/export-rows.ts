import { timeHeading } from "../excel/export-words.ts";
import type { BoldText, Cell, Column } from "../excel/sheet.ts";
import type { ListedPosServer } from "../filter/list-pos-servers.ts";
import { SHOWN_STATES, type ShownState, STATE_COLOURS } from "../filter/state-colours.ts";
import { stepInWords, titleOfCause, troubleBefore } from "../fleet/cause-in-words.ts";
import { adviceOn } from "../fleet/causes.ts";
import { stateInWords, worksByGuess } from "../fleet/evidence.ts";
import { flapsInWords } from "../fleet/flapping.ts";
import { closingInWords } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { isBelow } from "../fleet/state.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import type { WrittenNote } from "../restaurants/notes.ts";
import type { Tag } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { parkingBriefly } from "./parking-model.ts";
import { shortAddress, shownError } from "./row-model.ts";

const MEGABYTE = 1024 ** 2;

export function exportedColumns(viewer: Viewer): Column[] {
  const { t } = viewer;
  const onPage = (column: string) => t(`posServers.column.${column}`);
  return [
    { heading: onPage("state") },
    { heading: timeHeading(t("excel.column.stateSince"), viewer) },
    { heading: onPage("organization") },
    { heading: t("excel.column.crmId") },
    { heading: onPage("name") },
    { heading: t("posServer.address") },
    { heading: onPage("version") },
    { heading: t("settings.label.requiredVersion") },
    { heading: timeHeading(onPage("lastUpdateAt"), viewer) },
    { heading: timeHeading(onPage("lastSyncAt"), viewer) },
    { heading: onPage("error"), wraps: true },
    { heading: t("cause.column"), wraps: true },
    { heading: onPage("actions") },
    { heading: t("excel.column.failureCode") },
    { heading: t("posServer.check.service") },
    { heading: t("excel.column.databaseMegabytes"), numberFormat: "#,##0.0" },
    { heading: t("acknowledgement.column") },
    { heading: t("tags.heading"), wraps: true },
    { heading: t("restaurantNote.phone") },
    { heading: t("restaurantNote.person") },
    { heading: t("restaurantNote.text"), wraps: true },
  ];
}

interface SharedKnowledge {
  acknowledgements: Map<number, Acknowledgement>;
  tags: Map<number, Tag[]>;
  notes: Map<number, WrittenNote>;
}

/** @returns a function that gives the cells of a POS server, in the order of the columns. */
export function createExportedRows(
  viewer: Viewer,
  { requiredVersion, commonCauses }: { requiredVersion: string | null; commonCauses: ReadonlySet<string> },
  now: number,
): (posServer: ListedPosServer, shared: SharedKnowledge) => Cell[] {
  const { t, format } = viewer;
  const states = Object.fromEntries(SHOWN_STATES.map((state) => [state, stateCell(viewer, state)]));
  const reasonOf = (posServer: ListedPosServer): string | null => {
    if (posServer.parked === 1) return parkingBriefly(viewer, posServer, now)?.title ?? null;
    if (posServer.state === "closed") return closingInWords(viewer, posServer, now);
    const texts = [
      shownError(posServer, viewer),
      troubleBefore(viewer, posServer)?.text,
      flapsInWords(viewer, posServer, now),
    ];
    return texts.filter(Boolean).join(". ") || null;
  };
  const time = (at: number | null) => (at === null ? null : new Date(at));
  return (posServer, shared) => {
    const { id, version } = posServer;
    const acknowledgement = shared.acknowledgements.get(id);
    const note = shared.notes.get(id);
    const isParked = posServer.parked === 1;
    const isOutdated = isBelow(version, requiredVersion);
    const state = states[shownState(posServer)];
    const isByGuess = state && !isParked && worksByGuess(posServer);
    return [
      isByGuess ? { ...state, text: stateInWords(viewer, posServer) } : (state ?? null),
      time(isParked ? posServer.parkedAt : posServer.stateSince),
      posServer.organizationName,
      posServer.crmId,
      posServer.name,
      posServer.address && shortAddress(posServer.address),
      version && isOutdated ? { text: version, tone: "yellow" } : version,
      isOutdated ? requiredVersion : null,
      time(posServer.lastUpdateAt),
      time(posServer.lastSyncAt),
      reasonOf(posServer),
      ...adviceCells(viewer, posServer, commonCauses),
      posServer.failureCode,
      posServer.serviceState && t(`posServer.service.${posServer.serviceState}`),
      posServer.databaseBytes === null ? null : posServer.databaseBytes / MEGABYTE,
      acknowledgement
        ? t("acknowledgement.inFile", {
            name: acknowledgement.userName,
            time: format.time(acknowledgement.endsAt, now),
          })
        : null,
      shared.tags
        .get(id)
        ?.map(({ name }) => name)
        .join(", ") || null,
      note?.phone ?? null,
      note?.person ?? null,
      note?.text ?? null,
    ];
  };
}

function adviceCells(
  viewer: Viewer,
  posServer: ListedPosServer,
  commonCauses: ReadonlySet<string>,
): [string | null, string | null] {
  const isCommon = posServer.causeKey !== null && commonCauses.has(posServer.causeKey);
  const advice = posServer.parked === 1 ? null : adviceOn({ ...posServer, isCommon });
  if (advice === null) return [null, null];
  return [titleOfCause(viewer, advice.cause), stepInWords(viewer, advice.step)];
}

export function shownState({ parked, state }: ListedPosServer): ShownState {
  return parked === 1 ? "parked" : state;
}

export function stateCell({ t }: Viewer, state: ShownState): BoldText {
  return { text: t(`state.${state}`), tone: STATE_COLOURS[state].tone };
}
