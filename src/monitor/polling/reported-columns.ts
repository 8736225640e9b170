import type { ServiceState, StatusReport } from "../../protocol/status-report.ts";
import { versionSortKey } from "../../protocol/versions.ts";
import { failedChecks } from "../fleet/failed-checks.ts";
import { isBelow, type StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";
import { type MonitorTime, NO_TRACES, traceColumns } from "./traces.ts";

export const MAX_ERROR_LENGTH = 2_000;
/** A busy machine may leave the agent no time to ask; after that nobody knows any more, however often it was polled. */
const SERVICE_KNOWN_FOR_MS = 10 * 60_000;

/** The columns that a report decides, received at `receivedAt` (ms UTC); what it leaves out and was known before stays known. */
export function reportedColumns(
  previous: PosStatus,
  report: StatusReport,
  receivedAt: number,
  rules: StateRules,
) {
  const shiftMs = receivedAt - Date.parse(report.time);
  const version = versionColumns(previous, report);
  const isUnsupported = isBelow(version.version, rules.minimumVersion);
  const { sync, database, disk } = isUnsupported ? NOTHING_KEPT : report;
  const time: MonitorTime = (text) => (text ? Math.min(Date.parse(text) + shiftMs, receivedAt) : null);
  const service = isUnsupported ? NO_SERVICE : serviceColumns(previous, report, receivedAt, time);
  return {
    last_update_at: receivedAt,
    last_sync_at: time(sync?.lastSuccessAt),
    last_attempt_at: time(sync?.lastAttemptAt),
    sync_error: sync?.error ? sync.error.message.slice(0, MAX_ERROR_LENGTH) : null,
    sync_error_at: time(sync?.error?.at),
    ...version,
    ...service,
    ...(isUnsupported ? NO_PORT : portColumns(previous, report, service.service_state)),
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
    log_evidence: isUnsupported ? null : (report.logs?.evidence ?? null),
    ...(isUnsupported ? NO_TRACES : traceColumns(previous, report, receivedAt, rules, time)),
    ...agentColumns(report),
    unusable_patterns: (!isUnsupported && report.logs?.unusablePatterns?.join("\n")) || null,
    failed_checks: isUnsupported || !report.checks ? null : failedChecks(report.checks),
  };
}

const NOTHING_KEPT: Pick<StatusReport, "sync" | "database" | "disk"> = {
  sync: null,
  database: null,
  disk: null,
};

/** A version that is not told is what it was, with since when nobody has told it. */
function versionColumns(previous: PosStatus, { version }: StatusReport) {
  if (version !== null) return { version, version_sort: versionSortKey(version), version_told_at: null };
  const { version: known, version_sort, version_told_at, last_update_at } = previous;
  return {
    ...{ version: known, version_sort },
    version_told_at: known === null ? null : (version_told_at ?? last_update_at),
  };
}

const NO_SERVICE = {
  ...{ service_name: null, service_state: null },
  ...{ service_started_at: null, service_told_at: null },
};

/** What is known of the service: what a report could not tell stays for a while as it was told last. */
function serviceColumns(
  previous: PosStatus,
  { service }: StatusReport,
  receivedAt: number,
  time: MonitorTime,
): Pick<PosStatus, keyof typeof NO_SERVICE> {
  const isStated = service !== null && service.state !== "unknown";
  const { service_name, service_state, service_started_at, service_told_at } = previous;
  if (!isStated && service_told_at !== null && receivedAt - service_told_at <= SERVICE_KNOWN_FOR_MS)
    return { service_name, service_state, service_started_at, service_told_at };
  return {
    service_name: service?.name ?? null,
    service_state: service?.state ?? null,
    service_started_at: time(service?.startedAt),
    service_told_at: isStated ? receivedAt : null,
  };
}

const NO_PORT = { port_silent_reports: null, port_checked_at: null };

/**
 * What decides about tills: one look of the agent counts once, however often it is reported, and only while the service runs.
 * @param serviceState as it is known after the report.
 */
function portColumns(previous: PosStatus, report: StatusReport, serviceState: ServiceState | null) {
  const port = report.checks?.find(({ id }) => id === "port");
  const checkedAt = port?.at ? Date.parse(port.at) : null;
  return { port_silent_reports: silentReports(), port_checked_at: checkedAt };

  function silentReports(): number | null {
    const { port_silent_reports: before, port_checked_at: lastCheckedAt } = previous;
    if (port?.outcome === "ok") return 0;
    if (before === null) return null;
    if (port?.outcome !== "failed" || serviceState !== "running") return 0;
    const isSameLook = checkedAt !== null && checkedAt === lastCheckedAt;
    return isSameLook ? before : before + 1;
  }
}

/** The agent is a program of ours, however old its POS server is. */
function agentColumns({ agent }: StatusReport) {
  const version = agent?.version ?? null;
  return {
    agent_version: version,
    agent_machine: agent?.machine ?? null,
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
