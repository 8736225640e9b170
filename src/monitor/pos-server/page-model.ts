import { acknowledgementModel } from "../acknowledgements/acknowledgement-model.ts";
import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import { needsTeaching } from "../fleet/causes.ts";
import { hoursFacts } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { LATELY_MS } from "../fleet/summary.ts";
import { excerptModel } from "../log-excerpts/excerpt-model.ts";
import { deliveryInWords } from "../log-patterns/sending/delivery-in-words.ts";
import type { RefusedMachine } from "../pos-client/dial-out/machines.ts";
import { createRowModel, hasSyncError, type PosServerRow, whereElseUrl } from "../pos-servers/row-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { canBeCalled } from "../restaurants/pos-server-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { availabilityModel } from "./availability-model.ts";
import { checksModel } from "./checks-model.ts";
import type { KnownPosServer } from "./find-known.ts";
import { historyModel, lineOf } from "./history-model.ts";
import { everyInWords, isPolledLessOften, pollingFactsModel } from "./polling-facts-model.ts";
import { notesModel } from "./restaurant-note.ts";
import { stateCardModel } from "./state-card-model.ts";
import { tagsModel } from "./tags.ts";

/** Lines of history at first; each step multiplies them by five. */
export const HISTORY_STEP = 20;
export const MOST_HISTORY = 2_000;

interface PageContext {
  viewer: Viewer;
  /** The list that the user came from. */
  filter: PosServerFilter;
  shownLines: number;
  now: number;
}

export function posServerModel(known: KnownPosServer, { viewer, filter, shownLines, now }: PageContext) {
  const { posServer, polling } = known;
  const { t, format } = viewer;
  const isAdministrator = viewer.user?.isAdministrator ?? false;
  const row = createRowModel(viewer, known.rules.requiredVersion, now)(posServer, known.activity);
  const [newest] = known.changes;
  const since = row.isParked && newest ? newest.at : posServer.stateSince;
  const isPolledAsPlanned = !row.isParked && !isPolledLessOften(posServer, polling.agent);
  // Whatever else is wrong, its agent cannot read the log.
  const mustBeTaught = canBeTaught(posServer) && (posServer.logsUnmatched === 1 || needsTeaching(posServer));
  const history = historyModel(viewer, known, now);
  const shownHistory = history.slice(0, shownLines);
  const historyUrl = (count: number) => withHistory(filterUrl(filter, row.url), count);
  const { causeKey } = posServer;
  const ofCause = { causeKey, state: null, scope: "listed", change: null, period: null, page: 1 } as const;
  const sharedUrl = known.sharedBy > 0 ? filterUrl({ ...filter, ...ofCause }) : null;
  const card = stateCardModel(known, { viewer, row, sharedUrl, since, now });
  const acknowledgement = acknowledgementModel(
    viewer,
    { url: row.url, closed: row.isParked ? t("acknowledgement.parked") : null },
    known.acknowledgements,
    now,
  );
  const notes = notesModel(viewer, posServer, known.note, now);
  const excerpt = shownExcerpt(known, now);
  const hours = hoursFacts(viewer, known.openingHours, now);
  return {
    row,
    card,
    heading: headingModel(viewer, posServer, row, card.step),
    otherMachine: polling.refused && otherMachine(polling.refused),
    acknowledgement,
    notes,
    tags: tagsModel(viewer, posServer, known.tags),
    openingHours: {
      formUrl: `${row.url}/opening-hours/new`,
      change: t(hours.length > 0 ? "form.change" : "openingHours.add"),
      facts: hours,
    },
    quickActions: quickActions(),
    logLines: excerpt && excerptModel(viewer, excerpt, now),
    checks: {
      when:
        posServer.lastUpdateAt === null
          ? t("posServer.neverReported")
          : isPolledAsPlanned
            ? t("posServer.reportedAndPolled", {
                time: format.clock(posServer.lastUpdateAt, now),
                every: everyInWords(t, polling.intervalMs),
              })
            : t("posServer.reportedAt", { time: format.clock(posServer.lastUpdateAt, now) }),
      lines: checksModel(viewer, { posServer, row, checks: known.checks }, now),
    },
    availability: availabilityModel(viewer, known.availability, urlOfChange, now),
    history: shownHistory,
    incidentsUrl: `/incidents?show=new&period=month&posServer=${posServer.id}`,
    moreHistoryUrl:
      history.length > shownLines ? historyUrl(Math.min(shownLines + 5 * HISTORY_STEP, MOST_HISTORY)) : null,
    logs: known.logs,
    logPatterns: deliveryInWords(viewer, posServer, known.delivery, now),
    teachUrl: isAdministrator && mustBeTaught ? `${row.url}/log-patterns` : null,
    repairs: known.repairs,
    facts: pollingFactsModel(viewer, posServer, row, polling, now),
  };

  function otherMachine({ host, address }: RefusedMachine) {
    const machine = host ? `${host} ${t("enrolment.from", { address })}` : address;
    return {
      text: t("posServer.otherMachine", { machine }),
      url: isAdministrator ? `${row.url}/connections/new` : null,
    };
  }

  /** Works also for a transition that is not loaded yet. */
  function urlOfChange(id: number): string {
    const line = lineOf(id, known.flappings);
    const isShown = shownHistory.some((shown) => shown.id === line);
    return `${isShown ? "" : historyUrl(MOST_HISTORY)}#${line}`;
  }

  /** What a phone shows below the card of the state, since the other cards are far below. */
  function quickActions() {
    const actions: { url: string; text: string; isDialog: boolean }[] = [];
    const { logs } = row.links();
    if (notes.phone) {
      actions.push({ url: notes.phone.url, text: t("restaurantNote.call"), isDialog: false });
    }
    if (!row.isParked && !acknowledgement.isOwn) {
      const text = t(acknowledgement.current ? "acknowledgement.takeOver" : "acknowledgement.take");
      actions.push({ url: acknowledgement.formUrl, text, isDialog: true });
    }
    if (logs && logs.url !== card.step?.url) {
      actions.push({ url: logs.url, text: t("posServer.logs"), isDialog: true });
    }
    return actions;
  }
}

function withHistory(url: string, count: number): string {
  return `${url}${url.includes("?") ? "&" : "?"}history=${count}`;
}

/** While its error lasts, also through a silence, and as long as it counts as recovered. */
function shownExcerpt({ posServer, excerpt }: KnownPosServer, now: number) {
  const { parked, syncError, recoveredAt } = posServer;
  const isShown = syncError !== null || (recoveredAt !== null && now - recoveredAt < LATELY_MS);
  return isShown && parked === 0 ? excerpt : null;
}

function canBeTaught(posServer: ShownPosServer): boolean {
  return canBeCalled(posServer) && posServer.parked === 0;
}

function headingModel(
  viewer: Viewer,
  posServer: ShownPosServer,
  row: PosServerRow,
  step: ReturnType<typeof stateCardModel>["step"],
) {
  const { t, user } = viewer;
  const isAdministrator = user?.isAdministrator ?? false;
  const isCalled = canBeCalled(posServer);
  const { logs, serviceStart, serviceRestart, reset } = row.links();
  const whereElse = hasSyncError(row) ? { url: whereElseUrl(row), text: viewer.t("logSearch.title") } : null;
  return {
    organizationUrl: isAdministrator ? `/organizations/${posServer.organizationId}` : null,
    facts: [row.crmId, ...(isCalled ? [row.address] : []), ...(row.version ? [row.version] : [])],
    /** The step of the card stands there alone. */
    canBePolled: !row.isParked && logs !== null && step?.kind !== "poll",
    repairs: [whereElse, serviceStart ?? serviceRestart, reset].filter((link) => link !== null),
    menu: isAdministrator
      ? [
          ...(canBeTaught(posServer)
            ? [{ url: `${row.url}/log-patterns`, text: t("logPatterns.title") }]
            : []),
          { url: `${row.url}/edit`, text: t("posServer.editTitle") },
          { url: `${row.url}/connections/new`, text: t("cause.step.reconnect") },
          { url: `/support/new?posServer=${posServer.id}`, text: t("support.title") },
        ]
      : [],
    deletionUrl: isAdministrator ? `${row.url}/deletion/new` : null,
  };
}
