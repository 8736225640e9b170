import type { ServiceState } from "../../protocol/status-report.ts";
import { compareVersions } from "../../protocol/versions.ts";
import type { FailureCode } from "../pos-client/calls/failure.ts";

/** Every state of a POS server, worst first: the order of the table. */
export const POS_SERVER_STATES = [
  "sync_error",
  "service_stopped",
  "not_serving",
  "unreachable",
  "sync_stale",
  "update_required",
  "pending",
  "closed",
  "synced",
  "unsupported",
] as const;
export type PosServerState = (typeof POS_SERVER_STATES)[number];

/** States whose exchange works: hidden by «Не показывать POS-ы с успешной синхронизацией». */
export const EXCHANGING_STATES: readonly PosServerState[] = ["synced", "update_required"];

/** Problems: states in which the exchange does not work or nobody knows, worst first. The others are neither good nor bad. */
export const PROBLEM_STATES = POS_SERVER_STATES.slice(0, POS_SERVER_STATES.indexOf("update_required"));

/** States that tell nothing of the exchange: it may work all the same. */
export const UNKNOWN_STATES: readonly PosServerState[] = ["unreachable", "pending", "closed"];

const UNREACHABLE_AT_ONCE: readonly FailureCode[] = [
  "two_machines",
  "unauthorized",
  "certificate_changed",
  "wrong_pos_server",
  "wrong_crm_id",
];
/** One look may have come at the wrong moment. */
const NOT_SERVING_AFTER_REPORTS = 2;
const NOT_RUNNING: readonly ServiceState[] = ["stopped", "stopping", "not_installed"];

/** What is known of a POS server: its last report, by the monitor's clock, and the polls that failed since. */
export interface StateFacts {
  hasReport: boolean;
  version: string | null;
  serviceState: ServiceState | null;
  /** Reports in a row by which its port does not answer the tills any more; null = it is not known to have answered here. */
  silentPortReports: number | null;
  hasSyncError: boolean;
  /** Last successful exchange, ms UTC, null = none is known. */
  lastSyncAt: number | null;
  /** Whether that is only a guess, and nothing else speaks for it. */
  isUntraced?: boolean;
  /** Polls that failed in a row; 0 after a report. */
  failedPolls: number;
  failureCode: FailureCode | null;
  /** When its restaurant opens, ms UTC; null = it is open. */
  closedUntil: number | null;
}

export interface StateRules {
  minimumVersion: string;
  /** null = no version is required. */
  requiredVersion: string | null;
  staleAfterMs: number;
  unreachableAfterPolls: number;
}

/** Decides the state of a POS server at `now` (ms UTC): the first rule that fits wins. */
export function decideState(facts: StateFacts, rules: StateRules, now: number): PosServerState {
  const isClosed = facts.closedUntil !== null && now < facts.closedUntil;
  const isRefused = facts.failedPolls > 0 && facts.failureCode !== null && isRefusal(facts.failureCode);
  const isUnreachable = isRefused || facts.failedPolls >= rules.unreachableAfterPolls;
  // What refuses the monitor is not switched off for the night.
  const unreachable = isClosed && !isRefused ? "closed" : "unreachable";

  if (!facts.hasReport) return isUnreachable ? unreachable : "pending";
  if (isBelow(facts.version, rules.minimumVersion)) return "unsupported";
  if (isUnreachable) return unreachable;
  if (isServiceDown(facts.serviceState))
    return isClosed && facts.serviceState !== "not_installed" ? "closed" : "service_stopped";
  if (facts.serviceState === "running" && (facts.silentPortReports ?? 0) >= NOT_SERVING_AFTER_REPORTS)
    return "not_serving";
  if (facts.hasSyncError) return "sync_error";
  if (facts.lastSyncAt === null || now - facts.lastSyncAt > rules.staleAfterMs || facts.isUntraced)
    return "sync_stale";
  // An unknown version must not look healthy: nobody can say that it needs no update.
  if (!isKnown(facts.version) || isBelow(facts.version, rules.requiredVersion)) return "update_required";
  return "synced";
}

/** Whether somebody answers, who is not to be asked: that does not pass by itself. */
export function isRefusal(code: FailureCode | null): boolean {
  return code !== null && UNREACHABLE_AT_ONCE.includes(code);
}

/** States that count: a restaurant that is closed misses nothing. */
export const COUNTED_STATES = POS_SERVER_STATES.filter(
  (state) => state !== "unsupported" && state !== "closed",
);

/** States that the table lists: of an unsupported one nothing is known but its version. */
export const LISTED_STATES = POS_SERVER_STATES.filter((state) => state !== "unsupported");

export function isProblem(state: PosServerState): boolean {
  return PROBLEM_STATES.includes(state);
}

/** What a POS server that does not answer had when it answered last; null = nothing that is known, or it answers. */
export function troubleBeforeSilence({
  state,
  stateBefore,
}: {
  state: PosServerState;
  stateBefore: PosServerState | null;
}): PosServerState | null {
  return state === "unreachable" && stateBefore !== null && isProblem(stateBefore) ? stateBefore : null;
}

/** Whether its last polls found nobody. */
export function isSilent({
  state,
  failureCode,
}: {
  state: PosServerState;
  failureCode: FailureCode | null;
}): boolean {
  return state === "unreachable" || (state === "closed" && failureCode !== null);
}

/** Whether a service is known to neither run nor be about to. */
export function isServiceDown(state: ServiceState | null): boolean {
  return state !== null && NOT_RUNNING.includes(state);
}

/** True when `version` is known to be below `bound`; unknown versions and a missing bound are not below. */
export function isBelow(version: string | null, bound: string | null): boolean {
  if (version === null || bound === null) return false;
  const order = compareVersions(version, bound);
  return order !== null && order < 0;
}

function isKnown(version: string | null): boolean {
  return version !== null && compareVersions(version, version) === 0;
}
