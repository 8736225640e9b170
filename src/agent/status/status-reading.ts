import type { FastifyBaseLogger } from "fastify";
import program from "../../../package.json" with { type: "json" };
import { isoTime } from "../../protocol/field-types.ts";
import {
  MAX_PATTERN_PROBLEM_LENGTH,
  MAX_PATTERN_PROBLEMS,
  PROTOCOL_VERSION,
  type StatusReport,
} from "../../protocol/status-report.ts";
import { type RunningChecks, reportedChecks } from "../checks/run-checks.ts";
import type { AgentConfig } from "../config/config.ts";
import type { UnusablePattern } from "../config/log-patterns.ts";
import { readDatabaseFiles, readDiskSpace, readEmptiedAt } from "../database/database-files.ts";
import type { Identity } from "../machine/identity.ts";
import { describeMachine } from "../machine/machine-id.ts";
import { createProblemLog } from "../machine/problem-log.ts";
import { missingServiceCommands, type ServiceControl } from "../service-control/service-control.ts";
import { createSyncLog } from "../sync-log/sync-log.ts";
import type { TaughtPatternsStore } from "../teaching/taught-patterns.ts";
import { readConfiguredValue } from "./configured-value.ts";
import { createSource, type SharedTerms, type SourceTerms, shareReading } from "./source.ts";

const REPORT: SharedTerms = { maxAgeMs: 1_000 };
const ALWAYS: SourceTerms = { maxAgeMs: 0 };
/** While the log cannot be read in time, its last state counts for so long. */
const LOG_STANDS_IN_MS = 5 * 60_000;
/** For values that hardly change, but take a program or a whole log to read. */
const COSTLY: SourceTerms = { maxAgeMs: 5 * 60_000, failureMaxAgeMs: 5 * 60_000 };

export type ReportedUpdates = NonNullable<NonNullable<StatusReport["agent"]>["updates"]>;

interface StatusParts {
  serviceControl: ServiceControl;
  checks: Pick<RunningChecks, "results">;
  taught: Pick<TaughtPatternsStore, "current">;
  updates: { report(): Promise<ReportedUpdates | null> };
}

/** Calls at about the same time share one reading. */
export function createStatusReading(
  config: AgentConfig,
  { posServerId }: Pick<Identity, "posServerId">,
  { serviceControl, checks, taught, updates }: StatusParts,
  logger: FastifyBaseLogger,
) {
  const problems = createProblemLog(logger);
  let known = taught.current();
  let syncLog = followLog();
  let seenAt: string | null = null;

  const source = <Result>(subject: string, read: () => Promise<Result>, terms: SourceTerms = ALWAYS) =>
    createSource(subject, read, terms, problems);
  const configuredValue = (subject: "version" | "crmId") => {
    const valueSource = config[subject];
    if (!valueSource) return async () => null;
    const isCostly = valueSource.kind === "command" || valueSource.kind === "log";
    return source(subject, () => readConfiguredValue(valueSource), isCostly ? COSTLY : ALWAYS);
  };

  const readVersion = configuredValue("version");
  const readCrmId = configuredValue("crmId");
  const readService = source("service", () => serviceControl.status());
  const readSync = source("sync log", () => syncLog.read(), { maxAgeMs: 0, standInMs: LOG_STANDS_IN_MS });
  const readDatabase = source("database files", async () =>
    readDatabaseFiles(config.database, await readEmptiedAt(config.stateDirectory)),
  );
  const readUpdates = source("updates", updates.report);
  const readDisk = source("disk space", () => readDiskSpace(config.database.directory));

  async function readSources(): Promise<StatusReport> {
    const [version, crmId, service, logged, database, disk, updated] = await Promise.all([
      readVersion(),
      readCrmId(),
      readService(),
      readSync(),
      readDatabase(),
      readDisk(),
      readUpdates(),
    ]);
    const time = new Date().toISOString();
    const looked = checks.results();
    const traces = looked.find(({ id }) => id === "traces");
    if (traces?.outcome === "ok") seenAt = traces.at ?? null;
    return {
      protocol: PROTOCOL_VERSION,
      posServerId,
      version,
      crmId,
      time,
      utcOffsetMinutes: config.utcOffsetMinutes ?? -new Date().getTimezoneOffset(),
      service: service && {
        name: service.name,
        state: service.state,
        startedAt: isoTime(service.startedAt),
        canRestart: missingServiceCommands(config.service, ["stop", "start"]).length === 0,
      },
      sync: logged && {
        lastAttemptAt: isoTime(logged.sync.lastAttemptAt),
        lastSuccessAt: isoTime(logged.sync.lastSuccessAt),
        error: logged.sync.error && {
          at: isoTime(logged.sync.error.at),
          message: logged.sync.error.message,
        },
        traces: { databaseWrittenAt: isoTime(database?.modifiedAt ?? null), connectionSeenAt: seenAt },
      },
      database: database && {
        ...database,
        createdAt: isoTime(database.createdAt),
        modifiedAt: isoTime(database.modifiedAt),
      },
      disk,
      logs: logged && {
        ...logged.logs,
        lastWrittenAt: isoTime(logged.logs.lastWrittenAt),
        unusablePatterns: unusablePatterns().slice(0, MAX_PATTERN_PROBLEMS).map(describeUnusable),
      },
      checks: [...reportedChecks({ service, disk }, time), ...looked],
      agent: {
        version: AGENT_VERSION,
        machine: describeMachine(),
        platform: `${process.platform}-${process.arch}`,
        profile: config.profile.name,
        configurationId: known.configurationId,
        quarantineDays: config.database.quarantineDays,
        updates: updated,
      },
    };
  }

  function unusablePatterns(): UnusablePattern[] {
    return [...config.logs.unusablePatterns, ...known.unusablePatterns];
  }

  function followLog() {
    const logs = { ...config.logs, unusablePatterns: unusablePatterns() };
    return createSyncLog(logs, config.utcOffsetMinutes, problems, { taught: known.rules });
  }

  let readShared = shareReading(readSources, REPORT);
  return {
    /** What cannot be read is null, with the reason in the log. */
    async read(): Promise<StatusReport> {
      // With other patterns the log is read anew.
      if (taught.current() !== known) {
        known = taught.current();
        syncLog = followLog();
        readShared = shareReading(readSources, REPORT);
      }
      return { ...(await readShared()), time: new Date().toISOString() };
    },
    /** Reads the logs before the first poll, which may take seconds. */
    async prepare(): Promise<void> {
      await readSync();
    },
  };
}

function describeUnusable({ path, reason }: UnusablePattern): string {
  return `${path}: ${reason}`.slice(0, MAX_PATTERN_PROBLEM_LENGTH);
}

/** The agent and the monitor are released together. */
export const AGENT_VERSION = program.version;
