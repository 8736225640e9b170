import { reportedCrmIdInWords } from "../fleet/bound-elsewhere.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import {
  helpUrlOf,
  stepInWords,
  type TroubleBefore,
  titleOfCause,
  troubleBefore,
} from "../fleet/cause-in-words.ts";
import { type Advice, adviceOn } from "../fleet/causes.ts";
import { stateInWords, worksByGuess } from "../fleet/evidence.ts";
import { flapsInWords } from "../fleet/flapping.ts";
import { scheduleOf } from "../fleet/opening-hours/opening-hours.ts";
import { closingInWords } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { endsWithRestart, isOfAdministrators, isOnSite } from "../fleet/recommended-steps.ts";
import { gradeExchange } from "../fleet/since-exchange.ts";
import { isSilent } from "../fleet/state.ts";
import { parkedInWords } from "../pos-servers/parking-model.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import { createStepModel, type StepModel } from "../pos-servers/step-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { createFormat } from "../viewer/format.ts";
import { asSentence, atTime, detailInWords } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { holdersOf, isProgramOf } from "./check.ts";
import type { KnownPosServer } from "./find-known.ts";

/** Like troubles of the network, these often pass by themselves. */
const MAY_PASS: readonly Cause[] = ["processing_failed", "exchange_failed"];
const DEFAULT_SERVICE = "iikoCard5POS";

interface CardContext {
  viewer: Viewer;
  row: PosServerRow;
  /** The list of all that came into the same cause at once; null = no others that the viewer may see. */
  sharedUrl: string | null;
  /** Of its state, or its parking; ms UTC. */
  since: number;
  now: number;
}

export function stateCardModel(known: KnownPosServer, context: CardContext) {
  const { posServer, parking, sharedBy, openIncidentId, knownBefore } = known;
  const { viewer, row, sharedUrl, since, now } = context;
  const { t, format } = viewer;
  const state = row.isParked ? "parked" : posServer.state;
  const advice = row.isParked ? null : adviceOn({ ...posServer, isCommon: sharedBy > 0 });
  const step = advice?.step ?? null;
  const before = row.isParked ? null : troubleBefore(viewer, posServer);
  const sinceShown = before?.silentSince ?? since;
  return {
    state,
    label: state === "parked" ? t("state.parked") : stateInWords(viewer, posServer),
    since: t("posServer.since", { time: format.clock(sinceShown, now) }),
    lasted: format.lasted(sinceShown, now),
    flaps: row.isParked ? null : flapsInWords(viewer, posServer, now),
    title: row.isParked ? t("posServer.card.parked") : titleOf(viewer, posServer, advice, now),
    meanings: row.isParked
      ? [parkedInWords(viewer, parking, since, now)]
      : [...howSilent(viewer, posServer, advice), ...meaningsOf(known, viewer, advice, now)],
    before: before && {
      state: before.state,
      text: before.text,
      helpUrl: helpUrlOf(before.advice.cause),
      period: t("posServer.card.beforePeriod", {
        from: format.clock(since, now),
        to: format.clock(before.silentSince, now),
      }),
    },
    whole: wholeError(viewer, posServer, advice),
    helpUrl: advice && helpUrlOf(advice.cause),
    /** A step on site has no button and is named as in the list. */
    todoTitle:
      step && isOnSite(step) && !row.activity
        ? t("posServer.card.todoOnSite", { step: stepInWords(viewer, step) })
        : t("posServer.card.todo"),
    todo:
      advice &&
      (underWayInWords(known, viewer, row) ?? [
        ...todoOf(known, viewer, advice, now),
        ...afterSilence(viewer, before),
      ]),
    knownBefore,
    unpark: row.isParked ? t("posServer.unpark") : null,
    shared: sharedUrl && {
      url: sharedUrl,
      text: t("posServer.card.shared", { count: sharedBy }),
    },
    incident: openIncidentId && {
      url: `/incidents/${openIncidentId}`,
      text: t("incident.ofPosServer"),
    },
    step: row.activity ? stepMeanwhile(row) : step && createStepModel(viewer, "page")(step, posServer, row),
    /** Beside a step on site that ends with it. */
    restart: step && endsWithRestart(step) ? row.links().serviceRestart : null,
    activity: row.activity,
  };
}

function titleOf(viewer: Viewer, posServer: ShownPosServer, advice: Advice | null, now: number): string {
  const { t, format } = viewer;
  const { state, syncError, lastSyncAt, lastUpdateAt, version, serviceName } = posServer;
  if (state === "closed") return closingInWords(viewer, posServer, now);
  const title = (key: string, values = {}) => t(`posServer.card.${key}`, values);
  if (awaitsAgent(posServer))
    return title(posServer.computer ? "awaits_computer" : "awaits_agent", posServer);
  if (advice === null) return title(state === "pending" && lastUpdateAt !== null ? "pending_again" : state);
  switch (advice.cause) {
    case "version_unsupported":
      return title("unsupported", { version });
    case "exchange_silent":
      return title("exchange_silent", { time: format.clock(lastSyncAt ?? now, now) });
    case "exchange_untraced":
      return title("exchange_untraced", { time: format.clock(posServer.untracedSince ?? now, now) });
    case "exchange_failed":
      return syncError || titleOfCause(viewer, "exchange_failed");
    default:
      return titleOfCause(viewer, advice.cause, serviceName ?? DEFAULT_SERVICE);
  }
}

function meaningsOf(
  { posServer, openingHours, paymentStopsAfterMs }: KnownPosServer,
  viewer: Viewer,
  advice: Advice | null,
  now: number,
) {
  const { t, format } = viewer;
  const { state, lastUpdateAt, lastSyncAt } = posServer;
  const means = (key: string, values = {}) => t(`posServer.means.${key}`, values);
  if (state === "closed") {
    const found = isSilent(posServer) ? "off" : "stopped";
    return [t(`posServer.meansClosed.${posServer.closedFor ?? "hours"}.${found}`), ...openingThere()];
  }
  switch (advice?.meaning) {
    case "stale":
      if (lastSyncAt === null) return [means("neverSynced")];
      return [means("asOf", { time: format.clock(lastSyncAt, now) }), ...gradeInWords(advice, lastSyncAt)];
    case "closed":
      return [t("cause.means.closed")];
    case "unknown":
      if (advice.cause === "exchange_untraced") return [t("cause.means.unknown")];
      if (advice.cause === "logs_missing") return [t("cause.means.unknown"), ...lastExchange()];
      if (lastUpdateAt === null)
        return [hasAnswered(posServer) ? t("cause.means.unknown") : means("neverAnswered")];
      return [means("unknown", { when: atTime(viewer, lastUpdateAt, now) })];
    default:
      if (awaitsAgent(posServer)) return [means("awaitsAgent")];
      if (state === "pending") return [];
      return [...lastExchange(), ...(worksByGuess(posServer) ? [t("evidence.meaning")] : [])];
  }

  /** When it opens by the restaurant's clock, if that is not the viewer's. */
  function openingThere(): string[] {
    const { closedUntil } = posServer;
    const timeZone = scheduleOf(openingHours)?.timeZone ?? null;
    if (closedUntil === null || timeZone === null) return [];
    const there = createFormat(viewer.language, timeZone).clock(closedUntil, now);
    if (there === format.clock(closedUntil, now)) return [];
    return [t("posServer.meansClosed.opensThere", { time: there })];
  }

  function lastExchange(): string[] {
    return lastSyncAt === null ? [] : [means("exchanged", { age: format.age(lastSyncAt, now).text })];
  }

  function gradeInWords({ cause, resetFails }: Advice, syncedAt: number): string[] {
    const { grade, leftMs } = gradeExchange(now - syncedAt, paymentStopsAfterMs);
    const mayPass = resetFails === "network" || MAY_PASS.includes(cause);
    if (grade === "hiccup" && !mayPass) return [];
    const duration = format.duration(grade === "outage" ? paymentStopsAfterMs : leftMs);
    return [t(`cause.grade.${grade}`, { duration })];
  }
}

function howSilent({ t }: Viewer, { failureCode }: ShownPosServer, advice: Advice | null): string[] {
  return advice?.cause === "no_answer" && failureCode ? [asSentence(t(`failure.${failureCode}`))] : [];
}

/** An imported one that no agent has come for yet. */
function awaitsAgent({ state, connection, address }: ShownPosServer): boolean {
  return state === "pending" && connection === "direct" && address === null;
}

/** True also when another POS server answered. */
function hasAnswered({ failureCode }: ShownPosServer): boolean {
  return failureCode === "wrong_crm_id" || failureCode === "wrong_pos_server";
}

/** The reported error, where the title words it differently or shortens it. */
function wholeError({ t }: Viewer, posServer: ShownPosServer, advice: Advice | null): string | null {
  const { syncError, failureDetail, unusablePatterns } = posServer;
  if (advice === null) return null;
  if (advice.meaning === "unknown") return failureDetail ? detailInWords(t, failureDetail) : null;
  return advice.cause === "log_patterns_unusable" ? unusablePatterns : syncError;
}

function underWayInWords({ activity }: KnownPosServer, { t }: Viewer, row: PosServerRow): string[] | null {
  if (!activity || stepMeanwhile(row)) return null;
  if (activity.awaitedUntil !== null) return [t("posServer.todo.agentAwaited")];
  if (activity.kind === "start")
    return [t(`posServer.todo.${activity.isRestart ? "restartUnderWay" : "startUnderWay"}`)];
  const isAsked = activity.step === "awaiting_decision";
  return [t(`posServer.todo.${isAsked ? "resetAwaitsDecision" : "resetUnderWay"}`)];
}

/** A reset that stopped the service may wait until somebody starts it. */
function stepMeanwhile({ activity, links }: PosServerRow): StepModel | null {
  const { serviceStart } = links();
  return activity && serviceStart && { kind: "dialog", ...serviceStart };
}

function todoOf(
  { posServer, rules, sharedBy, checks }: KnownPosServer,
  viewer: Viewer,
  advice: Advice,
  now: number,
): string[] {
  const { t, format, user } = viewer;
  const todo = (key: string, values = {}) => t(`posServer.todo.${key}`, values);
  const { step, cause } = advice;
  if (cause === "version_old") return [todo("update", { version: rules.requiredVersion })];
  if (cause === "version_unsupported") return [todo("update", { version: rules.minimumVersion })];
  if (advice.todo === "wait_for_many") {
    return [
      todo(posServer.state === "unreachable" ? "waitForNetwork" : "waitForServer", { count: sharedBy }),
    ];
  }
  const { lastSyncAt } = posServer;
  const isForOthers = isOfAdministrators(step) && !user?.isAdministrator;
  const reportedCrmId = reportedCrmIdInWords(viewer, posServer);
  return [
    ...(reportedCrmId ? [reportedCrmId] : []),
    t(`cause.todo.${advice.todo}`),
    ...(cause === "database_held" ? heldBy() : []),
    ...(step === "reset_database" && lastSyncAt !== null
      ? [todo("mayBeLost", { time: format.clock(lastSyncAt, now) })]
      : []),
    ...(isForOthers ? [todo("byAdministrator")] : []),
  ];

  /** Without the POS server itself, which also has its database open. */
  function heldBy(): string[] {
    const service = posServer.serviceName ?? DEFAULT_SERVICE;
    const holders = holdersOf(checks.find(({ id }) => id === "database"));
    const programs = (holders?.programs ?? "")
      .split(", ")
      .filter((program) => !isProgramOf(service, program));
    if (!holders || programs.length === 0) return [];
    return [todo(holders.isGuess ? "heldPerhapsBy" : "heldBy", { programs: programs.join(", ") })];
  }
}

function afterSilence({ t }: Viewer, before: TroubleBefore | null): string[] {
  return before === null ? [] : [t("posServer.todo.afterSilence"), t(`cause.todo.${before.advice.todo}`)];
}
