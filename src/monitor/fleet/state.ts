import type { Selectable } from "kysely";
import type { ServiceState } from "../../protocol/status-report.ts";
import { compareVersions } from "../../protocol/versions.ts";
import type { PosStatusTable } from "../database/tables/status-tables.ts";
import { type FailureCode, isRefusal } from "../pos-client/calls/failure.ts";

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

/** Hidden by «Не показывать POS-ы с успешной синхронизацией». */
export const EXCHANGING_STATES: readonly PosServerState[] = ["synced", "update_required"];

/** The exchange does not work, or nobody knows; worst first. Other states are neither good nor bad. */
export const PROBLEM_STATES = POS_SERVER_STATES.slice(0, POS_SERVER_STATES.indexOf("update_required"));

/** States that say nothing about the exchange. */
export const UNKNOWN_STATES: readonly PosServerState[] = ["unreachable", "pending", "closed"];

/** A single check may have come at a bad moment. */
const NOT_SERVING_AFTER_REPORTS = 2;
const NOT_RUNNING: readonly ServiceState[] = ["stopped", "stopping", "not_installed"];

/** A POS server's state follows from these: its last report, and the polls that failed since. */
export const STATE_FACT_COLUMNS = [
  "lastUpdateAt",
  "version",
  "serviceState",
  "portSilentReports",
  "syncError",
  "lastSyncAt",
  "untracedSince",
  "failedPolls",
  "failureCode",
  "closedUntil",
] as const;
export type StateFacts = Pick<Selectable<PosStatusTable>, (typeof STATE_FACT_COLUMNS)[number]>;

export interface StateRules {
  minimumVersion: string;
  /** null = no version is required. */
  requiredVersion: string | null;
  staleAfterMs: number;
  unreachableAfterPolls: number;
}

/** The first rule that fits at `now` (ms UTC) wins. */
export function decideState(facts: StateFacts, rules: StateRules, now: number): PosServerState {
  const isClosed = facts.closedUntil !== null && now < facts.closedUntil;
  const isRefused = facts.failedPolls > 0 && isRefusal(facts.failureCode);
  const isUnreachable = isRefused || facts.failedPolls >= rules.unreachableAfterPolls;
  // A POS server that refuses the monitor is not switched off for the night.
  const unreachable = isClosed && !isRefused ? "closed" : "unreachable";

  if (facts.lastUpdateAt === null) return isUnreachable ? unreachable : "pending";
  if (isBelow(facts.version, rules.minimumVersion)) return "unsupported";
  if (isUnreachable) return unreachable;
  if (isServiceDown(facts.serviceState))
    return isClosed && facts.serviceState !== "not_installed" ? "closed" : "service_stopped";
  if (facts.serviceState === "running" && (facts.portSilentReports ?? 0) >= NOT_SERVING_AFTER_REPORTS)
    return "not_serving";
  if (facts.syncError !== null) return "sync_error";
  const isStale = facts.lastSyncAt === null || now - facts.lastSyncAt > rules.staleAfterMs;
  if (isStale || facts.untracedSince !== null) return "sync_stale";
  // An unknown version must not look healthy: it may need an update.
  if (!isKnown(facts.version) || isBelow(facts.version, rules.requiredVersion)) return "update_required";
  return "synced";
}

/** States that count as a POS server of the fleet. Closed ones do not: they miss nothing. */
export const COUNTED_STATES = POS_SERVER_STATES.filter(
  (state) => state !== "unsupported" && state !== "closed",
);

/** States that the table lists: only the version of an unsupported one is known. */
export const LISTED_STATES = POS_SERVER_STATES.filter((state) => state !== "unsupported");

export function isProblem(state: PosServerState): boolean {
  return PROBLEM_STATES.includes(state);
}

/** The problem of an unreachable POS server by its last report; null = none is known, or it answers. */
export function troubleBeforeSilence(
  status: Record<"stateBefore", PosServerState | null> & Record<"state", PosServerState>,
): PosServerState | null {
  const { state, stateBefore } = status;
  return state === "unreachable" && stateBefore !== null && isProblem(stateBefore) ? stateBefore : null;
}

/** Whether its last polls got no answer. */
export function isSilent(status: { state: PosServerState; failureCode: FailureCode | null }): boolean {
  return status.state === "unreachable" || (status.state === "closed" && status.failureCode !== null);
}

export function isServiceDown(state: ServiceState | null): boolean {
  return state !== null && NOT_RUNNING.includes(state);
}

/** Whether `version` is known to be below `bound`. */
export function isBelow(version: string | null, bound: string | null): boolean {
  if (version === null || bound === null) return false;
  const order = compareVersions(version, bound);
  return order !== null && order < 0;
}

function isKnown(version: string | null): boolean {
  return version !== null && compareVersions(version, version) === 0;
}
