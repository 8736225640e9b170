import type { ServiceState } from "../../protocol/status-report.ts";
import type { FailureCode } from "../pos-client/failure.ts";
import { DATABASE_DAMAGED, MAIN_SERVER_SILENT } from "./cause-patterns.ts";
import { isProblem, type PosServerState } from "./state.ts";

/** Why the exchange of a POS server does not work, as far as it is known. */
export type Cause =
  | "database_damaged"
  | "main_server_silent"
  /** The POS server says why, in words that nobody knows here. */
  | "exchange_failed"
  | "service_stopped"
  | "service_missing"
  | "exchange_silent"
  | "exchange_not_found"
  /** Its agent was told how to find it in a way that no longer works. */
  | "log_patterns_unusable"
  | "no_answer";

/** What to do first about a problem. */
export type RecommendedStep =
  | "reset_database"
  | "start_service"
  | "get_logs"
  | "check_connection"
  | "reconnect"
  | "correct_crm_id"
  /** Nothing at the POS server: the trouble is elsewhere. */
  | "wait";

/** What is known of a problem. */
export interface ProblemFacts {
  state: PosServerState;
  /** As the POS server reported it. */
  syncError: string | null;
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  /** Many POS servers came into the same cause at once. */
  isCommon: boolean;
}

const AFTER_FAILED_POLLS: Record<FailureCode, RecommendedStep> = {
  dns: "check_connection",
  connect_refused: "check_connection",
  connect_timeout: "check_connection",
  tls: "check_connection",
  certificate_changed: "reconnect",
  unauthorized: "reconnect",
  http_status: "check_connection",
  response_timeout: "check_connection",
  too_large: "check_connection",
  invalid_json: "check_connection",
  invalid_report: "check_connection",
  unsupported_protocol: "check_connection",
  wrong_pos_server: "reconnect",
  wrong_crm_id: "correct_crm_id",
  unexpected: "check_connection",
};

/** Finds the cause of a problem; null when nothing is wrong with the exchange. */
export function causeOf(
  facts: Omit<ProblemFacts, "failureCode" | "isCommon"> & {
    lastSyncAt: number | null;
    unusablePatterns?: string | null;
  },
): Cause | null {
  const { state, syncError, serviceState, lastSyncAt, unusablePatterns = null } = facts;
  if (!isProblem(state)) return null;
  if (state === "unreachable") return "no_answer";
  if (state === "service_stopped")
    return serviceState === "not_installed" ? "service_missing" : "service_stopped";
  if (syncError !== null) return causeOfError(syncError);
  if (unusablePatterns !== null) return "log_patterns_unusable";
  return lastSyncAt === null ? "exchange_not_found" : "exchange_silent";
}

/** What to do first about a POS server; null when nothing is wrong with its exchange. An unknown cause asks for the logs. */
export function recommendedStep({
  state,
  syncError,
  failureCode,
  serviceState,
  isCommon,
}: ProblemFacts): RecommendedStep | null {
  if (!isProblem(state)) return null;
  if (state === "unreachable") {
    const step = failureCode ? AFTER_FAILED_POLLS[failureCode] : "check_connection";
    return isCommon && step === "check_connection" ? "wait" : step;
  }
  if (state === "service_stopped") return serviceState === "stopped" ? "start_service" : "get_logs";
  if (isCommon) return "wait";
  return syncError !== null && causeOfError(syncError) === "database_damaged" ? "reset_database" : "get_logs";
}

function causeOfError(syncError: string): Cause {
  const isOneOf = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(syncError));
  if (isOneOf(DATABASE_DAMAGED)) return "database_damaged";
  return isOneOf(MAIN_SERVER_SILENT) ? "main_server_silent" : "exchange_failed";
}
