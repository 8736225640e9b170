import { type FailureCode, REFUSALS, type Refusal } from "../pos-client/calls/failure.ts";
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
  /** Whatever way that shows in. A refusal is a cause of its own. */
  "no_answer",
] as const;

type PollCause = `poll_${Refusal}`;
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
  no_answer: unknown("check_connection", "host_silent"),
  poll_certificate_changed: unknown("reconnect", "reconnect"),
  poll_unauthorized: unknown("reconnect", "reconnect"),
  poll_wrong_pos_server: unknown("reconnect", "reconnect"),
  poll_wrong_crm_id: unknown("correct_crm_id", "correct_crm_id"),
};

/** What to do about `no_answer`, by how it shows. */
export const TODO_OF_SILENCE: Record<Exclude<FailureCode, Refusal>, string> = {
  not_connected: "agent_away",
  dns: "name_unknown",
  connect_refused: "agent_down",
  connect_timeout: "host_silent",
  tls: "connection_insecure",
  http_status: "no_agent",
  response_timeout: "host_silent",
  too_large: "no_agent",
  invalid_json: "no_agent",
  invalid_report: "no_agent",
  unsupported_protocol: "agent_version",
  unexpected: "own_failure",
};

export const CAUSES: readonly Cause[] = [...CAUSES_HERE, ...REFUSALS.map(pollCause)];

export function pollCause(code: Refusal): PollCause {
  return `poll_${code}`;
}

export function refusalOfCause(cause: Cause): Refusal | null {
  return REFUSALS.find((code) => pollCause(code) === cause) ?? null;
}
