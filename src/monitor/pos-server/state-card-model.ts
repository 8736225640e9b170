import { causeOf, type RecommendedStep, recommendedStep } from "../fleet/causes.ts";
import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { Parking } from "../fleet/park-pos-server.ts";
import type { StateRules } from "../fleet/state.ts";
import { parkedInWords } from "../pos-servers/parking-model.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import { createStepModel } from "../pos-servers/step-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

const HOUR_MS = 3_600_000;
/** Without exchange tills take payment from guests' accounts for so long. */
const PAYMENT_WITHOUT_EXCHANGE_MS = 24 * HOUR_MS;
const DEFAULT_SERVICE = "iikoCard5POS";

export interface StateCardInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  row: PosServerRow;
  /** How many POS servers that the viewer may see came into the same cause at once; 0 = it is this one's own. */
  sharedBy: number;
  /** The list of these. */
  sharedUrl: string | null;
  rules: Pick<StateRules, "requiredVersion" | "minimumVersion">;
  parking: Parking | null;
  /** Since when it is in its state, or parked; ms UTC. */
  since: number;
  now: number;
}

/** What is the matter with a POS server, what it means at the tills, and what to do. */
export function stateCardModel(input: StateCardInput) {
  const { viewer, posServer, row, parking, since, now } = input;
  const { t, format } = viewer;
  const state = row.isParked ? "parked" : posServer.state;
  const step = row.isParked ? null : recommendedStep({ ...posServer, isCommon: input.sharedBy > 0 });
  return {
    state,
    label: t(`state.${state}`),
    since: t("posServer.since", { time: format.clock(since, now) }),
    lasted: format.lasted(since, now),
    title: row.isParked ? t("posServer.card.parked") : titleOf(viewer, posServer, now),
    meanings: row.isParked
      ? [parkedInWords(viewer, parking, since, now)]
      : meaningsOf(viewer, posServer, now),
    whole: wholeError(viewer, posServer),
    todo: step ? todoOf(input, step) : row.isParked ? null : updateOf(input),
    /** What ends the parking. */
    unpark: row.isParked ? t("posServer.unpark") : null,
    shared: input.sharedUrl && {
      url: input.sharedUrl,
      text: t("posServer.card.shared", { count: input.sharedBy }),
    },
    step: step && row.activity === null ? createStepModel(viewer)(step, posServer, row) : null,
    activity: row.activity,
  };
}

function titleOf(viewer: Viewer, posServer: ShownPosServer, now: number): string {
  const { t, format } = viewer;
  const { state, syncError, failureCode, lastSyncAt, version } = posServer;
  const service = posServer.serviceName ?? DEFAULT_SERVICE;
  const title = (key: string, values = {}) => t(`posServer.card.${key}`, values);
  switch (causeOf(posServer)) {
    case null:
      return title(state === "pending" && posServer.lastUpdateAt !== null ? "pending_again" : state, {
        version,
      });
    case "no_answer":
      return failureCode ? t(`failure.${failureCode}`) : title("no_answer");
    case "main_server_silent":
    case "exchange_failed":
      return syncError ?? "";
    case "exchange_silent":
      return title("exchange_silent", { time: format.clock(lastSyncAt ?? now, now) });
    case "service_stopped":
      return title(posServer.serviceState === "stopping" ? "service_stopping" : "service_stopped", {
        service,
      });
    case "service_missing":
      return title("service_missing", { service });
    case "database_damaged":
      return title("database_damaged");
    case "exchange_not_found":
      return title("exchange_not_found");
    case "log_patterns_unusable":
      return title("log_patterns_unusable");
  }
}

function meaningsOf(viewer: Viewer, posServer: ShownPosServer, now: number): string[] {
  const { t, format } = viewer;
  const { lastUpdateAt, lastSyncAt } = posServer;
  const means = (key: string, values = {}) => t(`posServer.means.${key}`, values);
  const cause = causeOf(posServer);
  if (cause === null) {
    if (posServer.state === "pending") return [];
    return lastSyncAt === null ? [] : [means("exchanged", { age: format.age(lastSyncAt, now).text })];
  }
  if (cause === "no_answer") {
    if (lastUpdateAt === null) return [means("neverAnswered")];
    return [means("unknown", { time: format.clock(lastUpdateAt, now) })];
  }
  const asOf =
    lastSyncAt === null ? means("neverSynced") : means("asOf", { time: format.clock(lastSyncAt, now) });
  if (cause === "service_stopped" || cause === "service_missing") return [means("serviceStopped")];
  return [asOf, ...payment()];

  function payment(): string[] {
    const withoutMs = lastSyncAt === null ? 0 : now - lastSyncAt;
    if (withoutMs < HOUR_MS) return [];
    const leftMs = PAYMENT_WITHOUT_EXCHANGE_MS - withoutMs;
    return [
      leftMs > 0 ? means("paymentStops", { duration: format.duration(leftMs) }) : means("paymentStopped"),
    ];
  }
}

/** What nobody can do from here: how a version is updated, and by whom. */
function updateOf({ viewer: { t }, posServer, rules }: StateCardInput): string[] | null {
  const { state } = posServer;
  if (state === "unsupported") return [t("posServer.todo.update", { version: rules.minimumVersion })];
  if (state === "update_required") return [t("posServer.todo.update", { version: rules.requiredVersion })];
  return null;
}

/** The error, or what else is wrong, as it was reported, where the title says it in other words or has no room for it. */
function wholeError({ t }: Viewer, posServer: ShownPosServer): string | null {
  const { state, syncError, failureDetail } = posServer;
  if (state === "unreachable") return failureDetail ? detailInWords(t, failureDetail) : null;
  const cause = causeOf(posServer);
  if (cause === "log_patterns_unusable") return posServer.unusablePatterns;
  return cause === null ? null : syncError;
}

function todoOf({ viewer, posServer, sharedBy, now }: StateCardInput, step: RecommendedStep): string[] {
  const { t, format, user } = viewer;
  const todo = (key: string, values = {}) => t(`posServer.todo.${key}`, values);
  const { lastSyncAt } = posServer;
  const isForOthers = (step === "reconnect" || step === "correct_crm_id") && !user?.isAdministrator;
  switch (step) {
    case "wait":
      return [
        todo(posServer.state === "unreachable" ? "waitForNetwork" : "waitForServer", { count: sharedBy }),
      ];
    case "reset_database":
      return [
        todo("reset_database"),
        ...(lastSyncAt === null ? [] : [todo("mayBeLost", { time: format.clock(lastSyncAt, now) })]),
      ];
    case "get_logs":
      return [todo(`logs.${causeOf(posServer)}`)];
    default:
      return [todo(step), ...(isForOthers ? [todo("byAdministrator")] : [])];
  }
}
