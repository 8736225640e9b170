import { FAILURE_CODES, type FailureCode } from "../pos-client/calls/failure.ts";
import type { RecommendedStep } from "./recommended-steps.ts";

/** Why an exchange does not work, or tills get no answer, in the order of «Справка». */
const CAUSES_HERE = [
  "service_stopped",
  "service_stopping",
  "service_missing",
  "not_serving",
  "url_acl_missing",
  "database_damaged",
  "database_missing",
  "database_held",
  "database_unreadable",
  "database_server_silent",
  "disk_full",
  "clock_wrong",
  "bound_elsewhere",
  "protocol_unsupported",
  "main_server_name",
  "main_server_closed",
  "amqp_closed",
  "secure_channel_failed",
  "main_server_timeout",
  "main_server_silent",
  "processing_failed",
  /** The POS server gives a reason that is not recognized. */
  "exchange_failed",
  "exchange_silent",
  /** Only a guess about its log says that it works. */
  "exchange_untraced",
  "exchange_not_found",
  /** Its agent finds no logs at all. */
  "logs_missing",
  /** The log patterns that its agent was taught no longer work. */
  "log_patterns_unusable",
  "version_old",
  "version_unsupported",
  /** Polls fail for an unknown reason. */
  "no_answer",
] as const;

type PollCause = `poll_${FailureCode}`;
export type Cause = (typeof CAUSES_HERE)[number] | PollCause;

/** What it means at the tills: data as of the last exchange, no POS server at all, … */
export type Meaning = "stale" | "closed" | "unknown" | "works" | "unwatched";

interface CatalogueEntry {
  meaning: Meaning;
  step: RecommendedStep;
  /** The catalog's key of what to do; by default the cause itself. */
  todo?: string;
  resetFails?: "network" | "elsewhere";
}

const stale = (step: RecommendedStep, resetFails?: CatalogueEntry["resetFails"]): CatalogueEntry => ({
  meaning: "stale",
  step,
  ...(resetFails && { resetFails }),
});
const closed = (step: RecommendedStep): CatalogueEntry => ({ meaning: "closed", step });
const unknown = (step: RecommendedStep, todo: string): CatalogueEntry => ({
  meaning: "unknown",
  step,
  todo,
});
const poll = (todo: string) => unknown("check_connection", todo);

/** What each cause means at the tills, and what to do about it; the words are in `causes.json`. */
export const CATALOGUE: Record<Cause, CatalogueEntry> = {
  service_stopped: closed("start_service"),
  service_stopping: closed("get_logs"),
  service_missing: closed("get_logs"),
  not_serving: { ...closed("restart_service"), resetFails: "elsewhere" },
  url_acl_missing: { ...closed("allow_address"), resetFails: "elsewhere" },
  database_damaged: stale("reset_database"),
  database_missing: stale("restart_service"),
  database_held: stale("release_database", "elsewhere"),
  database_unreadable: stale("allow_database", "elsewhere"),
  database_server_silent: stale("restart_database", "elsewhere"),
  disk_full: stale("free_disk", "elsewhere"),
  clock_wrong: stale("set_clock", "elsewhere"),
  bound_elsewhere: stale("correct_crm_id"),
  protocol_unsupported: { ...stale("update", "elsewhere"), todo: "update" },
  main_server_name: stale("mend_network", "network"),
  main_server_closed: stale("mend_network", "network"),
  amqp_closed: stale("mend_network", "network"),
  secure_channel_failed: stale("mend_network", "network"),
  main_server_timeout: stale("get_logs", "network"),
  main_server_silent: stale("get_logs", "network"),
  processing_failed: stale("wait", "elsewhere"),
  exchange_failed: stale("get_logs"),
  exchange_silent: stale("get_logs"),
  exchange_untraced: { meaning: "unknown", step: "get_logs" },
  exchange_not_found: { ...stale("teach_log", "elsewhere"), todo: "teach_log" },
  logs_missing: { meaning: "unknown", step: "find_logs", resetFails: "elsewhere" },
  log_patterns_unusable: stale("get_logs", "elsewhere"),
  version_old: { meaning: "works", step: "update", todo: "update" },
  version_unsupported: { meaning: "unwatched", step: "update", todo: "update" },
  no_answer: poll("host_silent"),
  poll_not_connected: poll("agent_away"),
  poll_dns: poll("name_unknown"),
  poll_connect_refused: poll("agent_down"),
  poll_connect_timeout: poll("host_silent"),
  poll_tls: poll("connection_insecure"),
  poll_certificate_changed: unknown("reconnect", "reconnect"),
  poll_unauthorized: unknown("reconnect", "reconnect"),
  poll_http_status: poll("no_agent"),
  poll_response_timeout: poll("host_silent"),
  poll_too_large: poll("no_agent"),
  poll_invalid_json: poll("no_agent"),
  poll_invalid_report: poll("no_agent"),
  poll_unsupported_protocol: poll("agent_version"),
  poll_wrong_pos_server: unknown("reconnect", "reconnect"),
  poll_wrong_crm_id: unknown("correct_crm_id", "correct_crm_id"),
  poll_unexpected: poll("own_failure"),
};

export const CAUSES: readonly Cause[] = [...CAUSES_HERE, ...FAILURE_CODES.map(pollCause)];

export function pollCause(code: FailureCode): PollCause {
  return `poll_${code}`;
}

export function failureOfCause(cause: Cause): FailureCode | null {
  return FAILURE_CODES.find((code) => pollCause(code) === cause) ?? null;
}
