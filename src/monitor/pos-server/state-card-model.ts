import { reportedCrmIdInWords } from "../fleet/bound-elsewhere.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import { failureInWords, stepInWords, titleOfCause } from "../fleet/cause-in-words.ts";
import { type Advice, adviceOn } from "../fleet/causes.ts";
import { stateInWords, worksByGuess } from "../fleet/evidence.ts";
import { closingInWords } from "../fleet/opening-hours/closing-in-words.ts";
import { isOfAdministrators, isOnSite } from "../fleet/recommended-steps.ts";
import { type TroubleBefore, troubleBefore } from "../fleet/silence-in-words.ts";
import { gradeExchange } from "../fleet/since-exchange.ts";
import { isSilent, type StateRules } from "../fleet/state.ts";
import { parkedInWords } from "../pos-servers/parking-model.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import { createStepModel, type StepModel } from "../pos-servers/step-model.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Parking } from "../restaurants/park-pos-server.ts";
import { atTime } from "../viewer/at-time.ts";
import { createFormat } from "../viewer/format.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";
import type { Holders } from "./check.ts";

/** Besides those of the network, these often pass by themselves. */
const MAY_PASS: readonly Cause[] = ["processing_failed", "exchange_failed"];
const DEFAULT_SERVICE = "iikoCard5POS";

export interface StateCardInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  row: PosServerRow;
  /** What is being done to it. */
  activity: Activity | undefined;
  /** Which programs have its database open; null = nobody says. */
  holders: Holders | null;
  /** How many POS servers that the viewer may see came into the same cause at once; 0 = it is this one's own. */
  sharedBy: number;
  /** The list of these. */
  sharedUrl: string | null;
  /** null = it is in none. */
  openIncidentId: number | null;
  rules: Pick<StateRules, "requiredVersion" | "minimumVersion">;
  parking: Parking | null;
  /** null = nobody has said where it is. */
  restaurantTimeZone: string | null;
  /** Without exchange tills take payment from guests' accounts for so long. */
  paymentStopsAfterMs: number;
  /** Since when it is in its state, or parked; ms UTC. */
  since: number;
  now: number;
}

/** What is the matter with a POS server, what it means at the tills, and what to do. */
export function stateCardModel(input: StateCardInput) {
  const { viewer, posServer, row, parking, since, now } = input;
  const { t, format } = viewer;
  const state = row.isParked ? "parked" : posServer.state;
  const advice = row.isParked ? null : adviceOn({ ...posServer, isCommon: input.sharedBy > 0 });
  const step = advice?.step ?? null;
  const before = row.isParked ? null : troubleBefore(viewer, posServer);
  const sinceShown = before?.silentSince ?? since;
  return {
    state,
    label: state === "parked" ? t("state.parked") : stateInWords(viewer, posServer),
    since: t("posServer.since", { time: format.clock(sinceShown, now) }),
    lasted: format.lasted(sinceShown, now),
    title: row.isParked ? t("posServer.card.parked") : titleOf(viewer, posServer, advice, now),
    meanings: row.isParked ? [parkedInWords(viewer, parking, since, now)] : meaningsOf(input, advice),
    before: before && {
      state: before.state,
      text: before.text,
      period: t("posServer.card.beforePeriod", {
        from: format.clock(since, now),
        to: format.clock(before.silentSince, now),
      }),
    },
    whole: wholeError(viewer, posServer, advice),
    /** What has to be done on site is named as in the list: no button says it. */
    todoTitle:
      step && isOnSite(step) && !row.activity
        ? t("posServer.card.todoOnSite", { step: stepInWords(viewer, step) })
        : t("posServer.card.todo"),
    // What waits goes on only when that is done.
    todo:
      advice &&
      ((step === "choose_machine" ? null : underWayInWords(input)) ?? [
        ...todoOf(input, advice),
        ...afterSilence(input, before),
      ]),
    unpark: row.isParked ? t("posServer.unpark") : null,
    shared: input.sharedUrl && {
      url: input.sharedUrl,
      text: t("posServer.card.shared", { count: input.sharedBy }),
    },
    incident: input.openIncidentId && {
      url: `/incidents/${input.openIncidentId}`,
      text: t("incident.ofPosServer"),
    },
    step:
      row.activity && step !== "choose_machine"
        ? stepMeanwhile(row)
        : step && createStepModel(viewer, "page")(step, posServer, row),
    activity: row.activity,
  };
}

function titleOf(viewer: Viewer, posServer: ShownPosServer, advice: Advice | null, now: number): string {
  const { t, format } = viewer;
  const { state, syncError, lastSyncAt, lastUpdateAt, version, serviceName } = posServer;
  if (state === "closed") return closingInWords(viewer, posServer, now);
  const title = (key: string, values = {}) => t(`posServer.card.${key}`, values);
  if (advice === null) return title(state === "pending" && lastUpdateAt !== null ? "pending_again" : state);
  switch (advice.cause) {
    case "version_unsupported":
      return title("unsupported", { version });
    case "exchange_silent":
      return title("exchange_silent", { time: format.clock(lastSyncAt ?? now, now) });
    case "exchange_untraced":
      return title("exchange_untraced", { time: format.clock(posServer.untracedSince ?? now, now) });
    case "poll_two_machines":
      return failureInWords(viewer, "two_machines", posServer.failureDetail);
    case "exchange_failed":
      return syncError || titleOfCause(viewer, "exchange_failed");
    default:
      return titleOfCause(viewer, advice.cause, serviceName ?? DEFAULT_SERVICE);
  }
}

function meaningsOf(
  { viewer, posServer, restaurantTimeZone, paymentStopsAfterMs, now }: StateCardInput,
  advice: Advice | null,
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
      if (state === "pending") return [];
      return [...lastExchange(), ...(worksByGuess(posServer) ? [t("evidence.meaning")] : [])];
  }

  /** When it opens by the clock of the restaurant, whose hours stand beside; nothing where that is the viewer's. */
  function openingThere(): string[] {
    const { closedUntil } = posServer;
    if (closedUntil === null || restaurantTimeZone === null) return [];
    const there = createFormat(viewer.language, restaurantTimeZone).clock(closedUntil, now);
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

/** What came was an answer, though not its own. */
function hasAnswered({ failureCode }: ShownPosServer): boolean {
  return failureCode === "wrong_crm_id" || failureCode === "wrong_pos_server";
}

/** The error, or what else is wrong, as it was reported, where the title says it in other words or has no room for it. */
function wholeError({ t }: Viewer, posServer: ShownPosServer, advice: Advice | null): string | null {
  const { syncError, failureDetail, unusablePatterns } = posServer;
  if (advice === null) return null;
  if (advice.meaning === "unknown") return failureDetail ? detailInWords(t, failureDetail) : null;
  return advice.cause === "log_patterns_unusable" ? unusablePatterns : syncError;
}

/** While something is done to a POS server that waits for nobody there is nothing else to do; null = it waits. */
function underWayInWords({ viewer: { t }, activity, row }: StateCardInput): string[] | null {
  if (!activity || stepMeanwhile(row)) return null;
  if (activity.awaitedUntil !== null) return [t("posServer.todo.agentAwaited")];
  if (activity.kind === "start") return [t("posServer.todo.startUnderWay")];
  const isAsked = activity.step === "awaiting_decision";
  return [t(`posServer.todo.${isAsked ? "resetAwaitsDecision" : "resetUnderWay"}`)];
}

/** A reset that has stopped the service may wait until somebody starts it. */
function stepMeanwhile({ activity, links: { serviceStart } }: PosServerRow): StepModel | null {
  return activity && serviceStart && { kind: "dialog", ...serviceStart };
}

function todoOf(
  { viewer, posServer, rules, sharedBy, holders, now }: StateCardInput,
  advice: Advice,
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

  /** The POS server itself has its database open too, and is not to be closed. */
  function heldBy(): string[] {
    const service = posServer.serviceName ?? DEFAULT_SERVICE;
    const programs = (holders?.programs ?? "").split(", ").filter((program) => !isOf(service, program));
    if (!holders || programs.length === 0) return [];
    return [todo(holders.isGuess ? "heldPerhapsBy" : "heldBy", { programs: programs.join(", ") })];
  }
}

/** What is left to do when it answers again. */
function afterSilence({ viewer: { t } }: StateCardInput, before: TroubleBefore | null): string[] {
  return before === null ? [] : [t("posServer.todo.afterSilence"), t(`cause.todo.${before.advice.todo}`)];
}

/** Whether a program, as the system names it, shortened as it may be, is that of a service. */
function isOf(service: string, program: string): boolean {
  const name = program.replace(/\.exe$/i, "").toLowerCase();
  return name !== "" && service.toLowerCase().startsWith(name);
}
