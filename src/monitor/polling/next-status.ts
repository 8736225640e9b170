import type { Insertable, Selectable } from "kysely";
import { causeKey } from "../../protocol/cause-key.ts";
import type { StatusReport } from "../../protocol/status-report.ts";
import { versionSortKey } from "../../protocol/versions.ts";
import type {
  PosStatusTable,
  RegistryCopyColumns,
  StateChangeTable,
} from "../database/tables/status-tables.ts";
import { searchText } from "../database/text.ts";
import { failedChecks } from "../fleet/failed-checks.ts";
import { decideState, EXCHANGING_STATES, isBelow, isProblem, type StateRules } from "../fleet/state.ts";
import { stateFactsOf } from "../fleet/state-facts.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { portColumns } from "./port-silence.ts";
import { serviceColumns } from "./told-service.ts";

const MAX_ERROR_LENGTH = 2_000;
/** The cause of errors without a text: a key that an address can hold. */
const NO_WORDS = "#";

/** What polls decide of a row of `pos_status`. */
export type PosStatus = Omit<
  Selectable<PosStatusTable>,
  keyof RegistryCopyColumns | "teach_again_at" | "closed_for" | "closing_changes_at"
>;
export type NewStateChange = Insertable<StateChangeTable>;

type ReportedColumns = Omit<
  PosStatus,
  | "pos_server_id"
  | "state"
  | "state_since"
  | "failed_polls"
  | "failure_code"
  | "failure_detail"
  | "cause_key"
  | "cause_since"
  | "problem_since"
  | "recovered_at"
  | "has_exchanged"
  | "last_poll_at"
  | "error_search"
  | "closed_until"
>;

/**
 * What the status of a POS server becomes after one poll, and the transition to record when its state changed.
 * Pure: the clock is the outcome's time of receipt.
 */
export function nextStatus(
  previous: PosStatus,
  outcome: StatusOutcome,
  rules: StateRules,
): { status: PosStatus; change: NewStateChange | null } {
  const now = outcome.receivedAt;
  const reported = outcome.ok ? reportedColumns(previous, outcome.report, now, rules) : {};
  const status: PosStatus = {
    ...previous,
    ...reported,
    failed_polls: outcome.ok ? 0 : previous.failed_polls + 1,
    failure_code: outcome.ok ? null : outcome.failure.code,
    failure_detail: outcome.ok ? null : outcome.failure.detail.slice(0, MAX_ERROR_LENGTH),
    last_poll_at: now,
  };
  if (status.last_sync_at !== null) status.has_exchanged = 1;

  status.state = decideState(stateFactsOf(status), rules, now);
  status.cause_key = findCauseKey(status);
  status.cause_since = findCauseSince(previous, status, now);
  status.error_search = searchText(shownError(status)) || null;
  if (status.state === previous.state) return { status, change: null };

  status.state_since = findStateSince(previous, status, now);
  status.problem_since = isProblem(status.state) ? (previous.problem_since ?? status.state_since) : null;
  status.recovered_at = findRecoveredAt(previous, status, now);
  const change: NewStateChange = {
    pos_server_id: status.pos_server_id,
    at: now,
    state: status.state,
    cause_key: status.cause_key,
    detail: shownError(status),
  };
  return { status, change };
}

function reportedColumns(
  previous: PosStatus,
  report: StatusReport,
  receivedAt: number,
  rules: StateRules,
): ReportedColumns {
  const shiftMs = receivedAt - Date.parse(report.time);
  const isUnsupported = isBelow(report.version, rules.minimumVersion);
  const { sync, database, disk } = isUnsupported ? NOTHING_KEPT : report;
  /** Brings a time of the POS server's clock to the monitor's; nothing reported lies in the future. */
  const time = (text: string | null | undefined): number | null =>
    text ? Math.min(Date.parse(text) + shiftMs, receivedAt) : null;

  const service = serviceColumns(previous, report, receivedAt, rules, time);
  return {
    last_update_at: receivedAt,
    last_sync_at: time(sync?.lastSuccessAt),
    last_attempt_at: time(sync?.lastAttemptAt),
    sync_error: sync?.error ? sync.error.message.slice(0, MAX_ERROR_LENGTH) : null,
    sync_error_at: time(sync?.error?.at),
    version: report.version,
    version_sort: report.version === null ? null : versionSortKey(report.version),
    ...service,
    ...portColumns(previous, report, service.service_state, rules),
    database_exists: database?.exists == null ? null : Number(database.exists),
    database_bytes: database?.bytes ?? null,
    database_created_at: time(database?.createdAt),
    database_modified_at: time(database?.modifiedAt),
    disk_free_bytes: disk?.freeBytes ?? null,
    disk_total_bytes: disk?.totalBytes ?? null,
    utc_offset_minutes: isUnsupported ? null : report.utcOffsetMinutes,
    clock_shift_ms: isUnsupported ? null : shiftMs,
    quarantine_days: isUnsupported ? null : (report.agent?.quarantineDays ?? null),
    configuration_id: isUnsupported ? null : taughtConfiguration(report),
    logs_found: isUnsupported || report.logs?.found == null ? null : Number(report.logs.found),
    logs_unmatched: isUnsupported || report.logs?.unmatched == null ? null : Number(report.logs.unmatched),
    ...agentColumns(report),
    unusable_patterns: (!isUnsupported && report.logs?.unusablePatterns?.join("\n")) || null,
    failed_checks: isUnsupported || !report.checks ? null : failedChecks(report.checks),
  };
}

/** The agent is a program of ours, however old its POS server is. */
function agentColumns({ agent }: StatusReport) {
  const version = agent?.version ?? null;
  return {
    agent_version: version,
    agent_version_sort: version === null ? null : versionSortKey(version),
    agent_platform: agent?.platform ?? null,
    update_key: agent?.updates?.key ?? null,
    rejected_version: agent?.updates?.rejected ?? null,
  };
}

/** Empty = taught nothing; null = it cannot be taught. */
function taughtConfiguration({ agent }: StatusReport): string | null {
  return agent?.configurationId === undefined ? null : (agent.configurationId ?? "");
}

const NOTHING_KEPT: Pick<StatusReport, "sync" | "database" | "disk"> = {
  sync: null,
  database: null,
  disk: null,
};

function findCauseKey(status: PosStatus): string | null {
  switch (status.state) {
    case "sync_error":
      return causeKey(status.sync_error ?? "") || NO_WORDS;
    case "unreachable":
      return `${status.failure_code}: ${causeKey(status.failure_detail ?? "")}`;
    case "service_stopped":
      return status.service_state === "not_installed" ? "service_missing" : status.state;
    case "not_serving":
      return status.state;
    case "sync_stale":
      // Where no exchange is known at all, the log has to be taught: a cause of its own.
      return status.last_sync_at === null ? null : status.state;
    default:
      return null;
  }
}

function findCauseSince(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (status.cause_key === null) return null;
  if (status.cause_key === previous.cause_key) return previous.cause_since;
  // Taking "now" would turn the first start of the monitor into a common failure.
  return isFirstReport(previous, status) ? status.last_sync_at : now;
}

function findStateSince(previous: PosStatus, status: PosStatus, now: number): number {
  if (!isProblem(status.state)) return now;
  if (isFirstReport(previous, status)) return status.last_sync_at ?? now;
  // What could not be asked for a while has the trouble that it had before, unless it exchanged meanwhile.
  const { state, problem_since: since } = previous;
  return state === "unreachable" && since !== null && (status.last_sync_at ?? 0) < since ? since : now;
}

/** Of a failure that the first report tells nobody saw the beginning: it began after the last exchange that worked. */
function isFirstReport(previous: PosStatus, status: PosStatus): boolean {
  return previous.last_update_at === null && status.last_update_at !== null;
}

/** Until the next problem a recovery stays one, whatever becomes of its version. */
function findRecoveredAt(previous: PosStatus, status: PosStatus, now: number): number | null {
  if (isProblem(status.state)) return null;
  const isRecovered =
    isProblem(previous.state) && hadExchanged(previous) && EXCHANGING_STATES.includes(status.state);
  return isRecovered ? now : previous.recovered_at;
}

/** Of one that was only waited for nobody knows that it had ever exchanged before: its first success recovers nothing. */
function hadExchanged({ state, has_exchanged }: PosStatus): boolean {
  return has_exchanged === 1 || (state !== "unreachable" && state !== "sync_stale");
}

function shownError(status: PosStatus): string | null {
  if (status.state === "closed") return null;
  return status.state === "unreachable" ? status.failure_detail : status.sync_error;
}
