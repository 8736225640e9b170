import type { ServiceState } from "../../protocol/status-report.ts";
import { type FailureCode, isRefusal } from "../pos-client/calls/failure.ts";
import { CATALOGUE, type Cause, type Meaning, pollCause, TODO_OF_SILENCE } from "./cause-catalogue.ts";
import { causeOfText } from "./cause-patterns.ts";
import { readFailedChecks } from "./pos-checks.ts";
import type { RecommendedStep } from "./recommended-steps.ts";
import type { PosServerState } from "./state.ts";

/** By so much the clock of a POS server may be wrong. */
export const CLOCK_TOLERANCE_MS = 2 * 60_000;

interface TeachingFacts {
  state: PosServerState;
  syncError: string | null;
  lastSyncAt?: number | null;
  unusablePatterns?: string | null;
  /** Empty = its agent was taught nothing; null = it cannot be taught. */
  configurationId?: string | null;
  /** 0 = its agent finds no logs. */
  logsFound?: number | null;
  /** 1 = its agent finds logs, but no exchange in them. */
  logsUnmatched?: number | null;
}

export interface ProblemFacts extends TeachingFacts {
  failureCode: FailureCode | null;
  serviceState: ServiceState | null;
  /** 1 = its agent can restart it. */
  serviceCanRestart?: number | null;
  lastSyncAt: number | null;
  /** Since when the exchanges in its log leave no traces; null = they leave some. */
  untracedSince: number | null;
  failedChecks?: string | null;
  clockShiftMs?: number | null;
  /** Many POS servers came into the same cause at once. */
  isCommon?: boolean;
  /** The organization whose CrmId it reports instead of its own, if the viewer may see it. */
  reportedOrganizationName?: string | null;
}

/** What is wrong with a POS server, what it means at the tills, and what to do. */
export interface Advice {
  cause: Cause;
  /** Known from the checks, not from an error message. */
  isFromChecks: boolean;
  meaning: Meaning;
  /** Key of its words: `cause.todo.<todo>`. */
  todo: string;
  step: RecommendedStep;
  /** Why a reset of the database would not help; null = it may. */
  resetFails: "network" | "elsewhere" | null;
}

/** Steps that make no sense at one POS server when many have the same cause. */
const ELSEWHERE_WHEN_COMMON: readonly RecommendedStep[] = [
  "get_logs",
  "reset_database",
  "check_connection",
  "mend_network",
];

/** null when nothing is wrong with its exchange, its tills and its version. */
export function adviceOn(facts: ProblemFacts): Advice | null {
  const found = findCause(facts);
  if (!found) return null;
  const { cause, isFromChecks = false } = found;
  const { meaning, step, resetFails = null } = CATALOGUE[cause];
  const todo = found.todo ?? CATALOGUE[cause].todo ?? cause;
  const advice = { cause, isFromChecks, meaning, todo, step, resetFails };
  if (facts.isCommon && ELSEWHERE_WHEN_COMMON.includes(step)) {
    return { ...advice, step: "wait", todo: "wait_for_many" };
  }
  if (cause === "poll_wrong_crm_id" && facts.reportedOrganizationName) {
    return { ...advice, step: "move_pos_server", todo: "move_pos_server" };
  }
  if (step === "get_logs" && needsTeaching(facts)) {
    return { ...advice, step: "teach_log", todo: "teach_log" };
  }
  if (step === "restart_service" && facts.serviceCanRestart !== 1)
    return { ...advice, step: "restart_on_site" };
  // Older agents cannot be taught: people look for themselves.
  if (step === "teach_log" && !needsTeaching(facts)) return { ...advice, step: "get_logs", todo: cause };
  if (step === "reset_database" && isCutOff(facts)) {
    // A new database would stay empty.
    return { ...advice, step: "mend_network", todo: "network_first", resetFails: "network" };
  }
  return advice;
}

interface FoundCause {
  cause: Cause;
  isFromChecks?: boolean;
  todo?: string;
}

function findCause(facts: ProblemFacts): FoundCause | null {
  const { state, syncError, failureCode, serviceState, unusablePatterns = null } = facts;
  switch (state) {
    case "synced":
    case "pending":
    case "closed":
      return null;
    case "update_required":
      return { cause: "version_old" };
    case "unsupported":
      return { cause: "version_unsupported" };
    case "unreachable":
      if (failureCode === null) return { cause: "no_answer" };
      if (isRefusal(failureCode)) return { cause: pollCause(failureCode) };
      return { cause: "no_answer", todo: TODO_OF_SILENCE[failureCode] };
    case "service_stopped":
      return { cause: causeOfService(serviceState) };
    case "not_serving":
      return {
        cause: readFailedChecks(facts).has("url_acl") ? "url_acl_missing" : "not_serving",
        isFromChecks: true,
      };
    default:
      if (syncError !== null) return causeOfError(syncError, facts);
      if (unusablePatterns !== null) return { cause: "log_patterns_unusable" };
      return causeOfChecks(facts) ?? causeOfSilence(facts);
  }
}

function causeOfSilence({ logsFound, lastSyncAt, untracedSince }: ProblemFacts): FoundCause {
  if (logsFound === 0) return { cause: "logs_missing" };
  if (untracedSince !== null) return { cause: "exchange_untraced" };
  return { cause: lastSyncAt === null ? "exchange_not_found" : "exchange_silent" };
}

function causeOfService(serviceState: ServiceState | null): Cause {
  if (serviceState === "not_installed") return "service_missing";
  return serviceState === "stopping" ? "service_stopping" : "service_stopped";
}

/** The error message counts first; checks say more where it only tells of a lost connection. */
function causeOfError(syncError: string, facts: ProblemFacts): FoundCause {
  const cause = causeOfText(syncError);
  if (cause === null) return causeOfChecks(facts) ?? { cause: "exchange_failed" };
  if (CATALOGUE[cause].resetFails !== "network") return { cause };
  const checks = readFailedChecks(facts);
  const isClockOff = checks.has("clock") || Math.abs(facts.clockShiftMs ?? 0) > CLOCK_TOLERANCE_MS;
  if (cause === "secure_channel_failed" && isClockOff) return { cause: "clock_wrong", isFromChecks: true };
  if (checks.has("main_server_dns")) return { cause: "main_server_name", isFromChecks: true };
  if (checks.has("main_server_tcp")) return { cause: "main_server_closed", isFromChecks: true };
  return { cause };
}

function causeOfChecks(facts: ProblemFacts): FoundCause | null {
  const checks = readFailedChecks(facts);
  const found = (cause: Cause): FoundCause => ({ cause, isFromChecks: true });
  if (checks.has("disk")) return found("disk_full");
  if (checks.has("database")) return found(causeOfDatabase(checks.get("database") ?? null));
  if (checks.has("main_server_dns")) return found("main_server_name");
  if (checks.has("main_server_tcp")) return found("main_server_closed");
  if (checks.has("clock")) return found("clock_wrong");
  return checks.has("amqp") ? found("amqp_closed") : null;
}

/** How agents report a damaged database. */
const DAMAGED = ["empty", "wrong_header", "truncated"];

/** @param why as the agent reports it; an unknown word means that the database could not be read. */
function causeOfDatabase(why: string | null): Cause {
  if (why === "missing") return "database_missing";
  return why !== null && DAMAGED.includes(why) ? "database_damaged" : "database_unreadable";
}

function isCutOff(facts: ProblemFacts): boolean {
  const checks = readFailedChecks(facts);
  return checks.has("main_server_dns") || checks.has("main_server_tcp");
}

/** Whether somebody has to teach the agent what an exchange looks like in its log. */
export function needsTeaching(facts: TeachingFacts): boolean {
  const { state, syncError, lastSyncAt, unusablePatterns, configurationId, logsFound, logsUnmatched } = facts;
  if (state !== "sync_stale" || syncError !== null || (unusablePatterns ?? null) !== null) return false;
  if (logsFound === 0) return false;
  return (configurationId ?? null) !== null && (lastSyncAt === null || logsUnmatched === 1);
}
