import {
  acknowledgementModel,
  type KnownAcknowledgements,
} from "../acknowledgements/acknowledgement-model.ts";
import { needsTeaching } from "../fleet/causes.ts";
import { type HoursOfPosServer, scheduleOf } from "../fleet/opening-hours/opening-hours.ts";
import { hoursFacts } from "../fleet/opening-hours/opening-hours-in-words.ts";
import type { PosCheck } from "../fleet/pos-checks.ts";
import type { StateRules } from "../fleet/state.ts";
import { deliveryInWords, type KnownDelivery } from "../log-patterns/sending/delivery-in-words.ts";
import { filterUrl, type PosServerFilter } from "../pos-servers/filter.ts";
import { createRowModel, type PosServerRow } from "../pos-servers/row-model.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { PosServerAction } from "../requests/recent-actions.ts";
import type { PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import type { ShownPosServer, StateChange } from "../restaurants/find-pos-server.ts";
import type { WrittenNote } from "../restaurants/notes.ts";
import type { Parking } from "../restaurants/park-pos-server.ts";
import type { Tag } from "../restaurants/tags.ts";
import { canBeCalled } from "../restaurants/way-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { availabilityModel } from "./availability-model.ts";
import { holdersOf } from "./check.ts";
import { checksModel } from "./checks-model.ts";
import { historyModel } from "./history-model.ts";
import { notesModel } from "./notes-model.ts";
import {
  everyInWords,
  isPolledLessOften,
  type PollingPlan,
  pollingFactsModel,
} from "./polling-facts-model.ts";
import type { MeasuredAvailability } from "./read-availability.ts";
import { stateCardModel } from "./state-card-model.ts";
import { tagsModel } from "./tags-model.ts";

/** So much of the history is shown first, and more of it with each step. */
export const HISTORY_STEP = 20;
export const MOST_HISTORY = 2_000;

/** What is known of a POS server, for its page. */
export interface KnownPosServer {
  posServer: ShownPosServer;
  /** Newest first, as are the acknowledgements; one more than lines are shown when there are more. */
  changes: StateChange[];
  pastAcknowledgements: PastAcknowledgement[];
  logs: PosServerAction[];
  repairs: PosServerAction[];
  activity: Activity | undefined;
  availability: MeasuredAvailability;
  rules: Pick<StateRules, "requiredVersion" | "minimumVersion">;
  /** How it was parked; null when it is not, or nothing is known of that. */
  parking: Parking | null;
  acknowledgements: KnownAcknowledgements;
  /** What people know of its restaurant; null = nothing. */
  note: WrittenNote | null;
  tags: readonly Tag[];
  openingHours: HoursOfPosServer;
  /** Whether it has taken its log patterns. */
  delivery: KnownDelivery;
  polling: PollingPlan;
  sharedBy: number;
  /** null = it is in none. */
  openIncidentId: number | null;
  paymentStopsAfterMs: number;
  checks: PosCheck[];
}

export interface PageContext {
  viewer: Viewer;
  /** Of the list that somebody came from. */
  filter: PosServerFilter;
  /** How many lines of the history are shown. */
  shownLines: number;
  now: number;
}

/** What the page of one POS server shows and refreshes, in the viewer's words and times. */
export function posServerModel(known: KnownPosServer, { viewer, filter, shownLines, now }: PageContext) {
  const { posServer, activity, polling } = known;
  const { t, format } = viewer;
  const isAdministrator = viewer.user?.isAdministrator ?? false;
  const row = createRowModel(viewer, known.rules.requiredVersion, now)(posServer, activity);
  const [newest] = known.changes;
  const since = row.isParked && newest ? newest.at : posServer.stateSince;
  const isPolledAsPlanned = !row.isParked && !isPolledLessOften(posServer, polling.agent);
  const history = historyModel(viewer, known.changes, known.pastAcknowledgements, now);
  const shownHistory = history.slice(0, shownLines);
  const historyUrl = (count: number) => withHistory(filterUrl(filter, row.url), count);
  const card = stateCardModel({
    holders: holdersOf(known.checks.find(({ id }) => id === "database")),
    viewer,
    posServer,
    row,
    activity,
    since,
    now,
    parking: known.parking,
    restaurantTimeZone: scheduleOf(known.openingHours)?.timeZone ?? null,
    sharedBy: known.sharedBy,
    openIncidentId: known.openIncidentId,
    paymentStopsAfterMs: known.paymentStopsAfterMs,
    rules: known.rules,
    sharedUrl: known.sharedBy > 0 ? listOfCauseUrl(filter, posServer) : null,
  });
  const acknowledgement = acknowledgementModel(
    viewer,
    { url: row.url, closed: row.isParked ? t("acknowledgement.parked") : null },
    known.acknowledgements,
    now,
  );
  const notes = notesModel(viewer, posServer, known.note, now);
  return {
    row,
    card,
    heading: headingModel(viewer, posServer, row),
    acknowledgement,
    notes,
    tags: tagsModel(viewer, posServer, known.tags),
    openingHours: openingHoursModel(viewer, posServer, known.openingHours, now),
    quickActions: quickActions(viewer, { row, card, acknowledgement, notes }),
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
    teachUrl: isAdministrator && isTaughtHere(posServer) ? `${row.url}/log-patterns` : null,
    repairs: known.repairs,
    facts: pollingFactsModel(viewer, posServer, row, polling, now),
  };

  /** A transition that is not shown yet is led to where it is. */
  function urlOfChange(id: number): string {
    const line = `change-${id}`;
    const isShown = shownHistory.some((shown) => shown.id === line);
    return `${isShown ? "" : historyUrl(MOST_HISTORY)}#${line}`;
  }
}

interface QuickSources {
  row: PosServerRow;
  card: ReturnType<typeof stateCardModel>;
  acknowledgement: ReturnType<typeof acknowledgementModel>;
  notes: ReturnType<typeof notesModel>;
}

/** What a phone has at hand, where the heading has no room and the cards beside are far below; nothing twice. */
function quickActions({ t }: Viewer, { row, card, acknowledgement, notes }: QuickSources) {
  const { logs } = row.links;
  const isLogsStep = card.step?.url === logs?.url;
  return [
    ...(notes.phone ? [{ url: notes.phone.url, text: t("restaurantNote.call"), isDialog: false }] : []),
    ...(row.isParked || acknowledgement.isOwn
      ? []
      : [
          {
            url: acknowledgement.formUrl,
            text: t(acknowledgement.current ? "acknowledgement.takeOver" : "acknowledgement.take"),
            isDialog: true,
          },
        ]),
    ...(logs && !isLogsStep ? [{ url: logs.url, text: t("posServer.logs"), isDialog: true }] : []),
  ];
}

function withHistory(url: string, count: number): string {
  return `${url}${url.includes("?") ? "&" : "?"}history=${count}`;
}

function listOfCauseUrl(filter: PosServerFilter, { causeKey }: ShownPosServer): string {
  return filterUrl({
    ...filter,
    causeKey,
    state: null,
    scope: "listed",
    change: null,
    period: null,
    page: 1,
  });
}

/** A parked POS server is not asked for its log. */
function canBeTaught(posServer: ShownPosServer): boolean {
  return canBeCalled(posServer) && posServer.parked === 0;
}

/** The log says nothing that its agent knows, whatever else is wrong. */
function isTaughtHere(posServer: ShownPosServer): boolean {
  return canBeTaught(posServer) && (posServer.logsUnmatched === 1 || needsTeaching(posServer));
}

function headingModel(viewer: Viewer, posServer: ShownPosServer, row: PosServerRow) {
  const { t, user } = viewer;
  const isAdministrator = user?.isAdministrator ?? false;
  const isCalled = canBeCalled(posServer);
  return {
    organizationUrl: isAdministrator ? `/organizations/${posServer.organizationId}` : null,
    facts: [row.crmId, ...(isCalled ? [row.address] : []), ...(row.version ? [row.version] : [])],
    menu: isAdministrator
      ? [
          ...(canBeTaught(posServer)
            ? [{ url: `${row.url}/log-patterns`, text: t("logPatterns.title") }]
            : []),
          { url: `${row.url}/edit`, text: t("posServer.editTitle") },
          { url: `${row.url}/connections/new`, text: t("posServer.reconnect") },
        ]
      : [],
    deletionUrl: isAdministrator ? `${row.url}/deletion/new` : null,
  };
}

/** The opening hours on the page of a POS server. */
function openingHoursModel(
  viewer: Viewer,
  { id }: Pick<ShownPosServer, "id">,
  hours: HoursOfPosServer,
  now: number,
) {
  const facts = hoursFacts(viewer, hours, now);
  return {
    formUrl: `/pos-servers/${id}/opening-hours/new`,
    change: viewer.t(facts.length > 0 ? "openingHours.change" : "openingHours.add"),
    facts,
  };
}
