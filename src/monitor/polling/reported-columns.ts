import { maskStart } from "../../protocol/mask/mask.ts";
import type { ServiceState, StatusReport } from "../../protocol/status-report.ts";
import { versionSortKey } from "../../protocol/versions.ts";
import { failedChecks } from "../fleet/pos-checks.ts";
import { isBelow, type StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";
import { type MonitorTime, NO_TRACES, traceColumns } from "./traces.ts";

export const MAX_ERROR_LENGTH = 2_000;
/** How long the last known state of the service holds: a busy machine may leave the agent no time to ask. */
const SERVICE_KNOWN_FOR_MS = 10 * 60_000;

/**
 * The columns that a report received at `receivedAt` (ms UTC) decides; some keep their last known value where it has none.
 */
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
    lastUpdateAt: receivedAt,
    lastSyncAt: time(sync?.lastSuccessAt),
    lastAttemptAt: time(sync?.lastAttemptAt),
    syncError: sync?.error ? maskStart(sync.error.message, MAX_ERROR_LENGTH) : null,
    syncErrorAt: time(sync?.error?.at),
    ...version,
    ...service,
    ...(isUnsupported ? NO_PORT : portColumns(previous, report, service.serviceState)),
    databaseExists: database?.exists == null ? null : Number(database.exists),
    databaseBytes: database?.bytes ?? null,
    databaseCreatedAt: time(database?.createdAt),
    databaseModifiedAt: time(database?.modifiedAt),
    diskFreeBytes: disk?.freeBytes ?? null,
    diskTotalBytes: disk?.totalBytes ?? null,
    utcOffsetMinutes: isUnsupported ? null : report.utcOffsetMinutes,
    clockShiftMs: isUnsupported ? null : shiftMs,
    quarantineDays: isUnsupported ? null : (report.agent?.quarantineDays ?? null),
    configurationId: isUnsupported ? null : taughtConfiguration(report),
    logsFound: isUnsupported || report.logs?.found == null ? null : Number(report.logs.found),
    logsUnmatched: isUnsupported || report.logs?.unmatched == null ? null : Number(report.logs.unmatched),
    logEvidence: isUnsupported ? null : (report.logs?.evidence ?? null),
    ...(isUnsupported ? NO_TRACES : traceColumns(previous, report, receivedAt, rules, time)),
    ...agentColumns(report),
    unusablePatterns: (!isUnsupported && report.logs?.unusablePatterns?.join("\n")) || null,
    failedChecks: isUnsupported || !report.checks ? null : failedChecks(report.checks),
  };
}

const NOTHING_KEPT: Pick<StatusReport, "sync" | "database" | "disk"> = {
  sync: null,
  database: null,
  disk: null,
};

function versionColumns(previous: PosStatus, { version }: StatusReport) {
  if (version !== null) return { version, versionSort: versionSortKey(version), versionReportedAt: null };
  const { version: known, versionSort, versionReportedAt, lastUpdateAt } = previous;
  return {
    version: known,
    versionSort,
    versionReportedAt: known === null ? null : (versionReportedAt ?? lastUpdateAt),
  };
}

const NO_SERVICE = {
  serviceName: null,
  serviceState: null,
  serviceStartedAt: null,
  serviceReportedAt: null,
  serviceCanRestart: null,
};

function serviceColumns(
  previous: PosStatus,
  { service }: StatusReport,
  receivedAt: number,
  time: MonitorTime,
): Pick<PosStatus, keyof typeof NO_SERVICE> {
  const isStated = service !== null && service.state !== "unknown";
  const { serviceName, serviceState, serviceStartedAt, serviceReportedAt, serviceCanRestart } = previous;
  if (!isStated && serviceReportedAt !== null && receivedAt - serviceReportedAt <= SERVICE_KNOWN_FOR_MS)
    return { serviceName, serviceState, serviceStartedAt, serviceReportedAt, serviceCanRestart };
  return {
    serviceName: service?.name ?? null,
    serviceState: service?.state ?? null,
    serviceStartedAt: time(service?.startedAt),
    serviceReportedAt: isStated ? receivedAt : null,
    serviceCanRestart: service?.canRestart == null ? null : Number(service.canRestart),
  };
}

const NO_PORT = { portSilentReports: null, portCheckedAt: null };

/** Counts reports with a silent port; each check of the agent counts once, and only while the service runs. */
function portColumns(previous: PosStatus, report: StatusReport, serviceState: ServiceState | null) {
  const port = report.checks?.find(({ id }) => id === "port");
  const checkedAt = port?.at ? Date.parse(port.at) : null;
  return { portSilentReports: silentReports(), portCheckedAt: checkedAt };

  function silentReports(): number | null {
    const { portSilentReports: before, portCheckedAt: lastCheckedAt } = previous;
    if (port?.outcome === "ok") return 0;
    if (before === null) return null;
    if (port?.outcome !== "failed" || serviceState !== "running") return 0;
    const isSameCheck = checkedAt !== null && checkedAt === lastCheckedAt;
    return isSameCheck ? before : before + 1;
  }
}

/** The agent is our own program: it is kept also for an unsupported POS server. */
function agentColumns({ agent }: StatusReport) {
  const version = agent?.version ?? null;
  return {
    agentVersion: version,
    agentMachine: agent?.machine ?? null,
    agentVersionSort: version === null ? null : versionSortKey(version),
    agentPlatform: agent?.platform ?? null,
    updateKey: agent?.updates?.key ?? null,
    rejectedVersion: agent?.updates?.rejected ?? null,
  };
}

/** Empty = taught nothing; null = there is no agent to teach. */
function taughtConfiguration({ agent }: StatusReport): string | null {
  return agent ? (agent.configurationId ?? "") : null;
}
