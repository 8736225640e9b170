import type { FastifyBaseLogger } from "fastify";
import type { DatabaseResetOrder, DatabaseResetReport } from "../../protocol/commands.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import { CommandFailedError, toCommandError } from "../commands/command-failed-error.ts";
import { type Commands, createCommandsOfKind } from "../commands/commands.ts";
import type { AgentConfig } from "../config/config.ts";
import { findDatabaseFiles } from "../database/database-files.ts";
import { releaseDatabase } from "../database/release-database.ts";
import { writeManifest } from "../quarantine/manifest.ts";
import { checkMovable, laterName, quarantineName, removeProbe } from "../quarantine/quarantine-folder.ts";
import { missingServiceCommands, type ServiceControl } from "../service-control/service-control.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";
import { moveBack, moveDatabase, restoreService } from "./move-database.ts";
import {
  beginReset,
  createResetStore,
  filesInQuarantine,
  quarantineFolder,
  type ResetPhase,
  type ResetRecord,
  type ResetTask,
  serviceWait,
} from "./reset-record.ts";

/**
 * `stopping_service` → `moving_database` → `starting_service` → `writing_manifest` → `ended`. After a failure before the
 * database is moved: (`moving_back` →) `restoring_service` → `writing_manifest` → `ended`. Each notes the next.
 */
const PHASES: Record<Exclude<ResetPhase, "ended">, (task: ResetTask) => Promise<void>> = {
  stopping_service: stopForReset,
  moving_database: moveDatabase,
  moving_back: moveBack,
  restoring_service: restoreService,
  starting_service: startNewDatabase,
  writing_manifest: describeQuarantine,
};

/** The service creates a new database when it starts. */
async function startNewDatabase(task: ResetTask): Promise<void> {
  const { note, record, service, signal } = task;
  try {
    if (record.order.startService) await startService(serviceWait(task, service.startTimeoutMs));
  } catch (error) {
    signal.throwIfAborted();
    const failure = toCommandError(error, "start_failed");
    const report = { ...record.report, step: "failed", error: failure } as const;
    return note({ phase: "writing_manifest", report });
  }
  return note({ phase: "writing_manifest", report: { ...record.report, step: "done" } });
}

/** Hashes the moved files; last of all, as the tills do not wait for it. */
async function describeQuarantine(task: ResetTask): Promise<void> {
  const { note, record, signal, logger } = task;
  if (record.quarantine !== null) {
    const about = { movedAt: record.report.resetAt ?? record.acceptedAt, key: record.key };
    const folder = quarantineFolder(task);
    try {
      for (const path of [folder, laterName(folder)]) await writeManifest(path, about, signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.error({ err: error }, "manifest cannot be written; the files lie in quarantine all the same");
    }
  }
  await note({ phase: "ended" });
}

/** Before the first file is moved a reset is undone, as nobody may expect it any more; afterwards it is completed. */
async function resumeReset(task: ResetTask): Promise<void> {
  const { note, record, signal, database } = task;
  await removeProbe(database);
  const isBeforeMove = record.phase === "stopping_service" || record.phase === "moving_database";
  const moved = isBeforeMove ? await filesInQuarantine(task) : [];
  if (isBeforeMove && moved.length === 0) {
    const failure = { error: "interrupted", message: "the agent ended before anything was moved" };
    return note({ phase: "restoring_service", failure });
  }
  if (record.phase !== "moving_database") return;
  try {
    // The system may have started the service since.
    await stopService(serviceWait(task, task.service.stopTimeoutMs));
    await releaseDatabase(task.database, task.signal);
  } catch (error) {
    signal.throwIfAborted();
    const movedFiles = moved.map(({ name, bytes }) => ({ name, bytes }));
    const failure = toCommandError(error, "stop_failed");
    await note({ phase: "restoring_service", failure, report: { ...record.report, movedFiles } });
  }
}

async function stopForReset(task: ResetTask): Promise<void> {
  const { advance, note, database, service, signal, record } = task;
  try {
    const state = await checkBeforehand(task);
    await advance({
      wasRunning: state === "running" || state === "starting",
      report: { ...record.report, service: state },
    });
    await stopService(serviceWait(task, service.stopTimeoutMs));
    const files = await releaseDatabase(database, signal);
    await advance({
      phase: "moving_database",
      quarantine: quarantineName(Date.now()),
      files: files.map(({ name, key, bytes }) => ({ name, key, bytes })),
      report: { ...record.report, step: "moving_database" },
    });
  } catch (error) {
    signal.throwIfAborted();
    await note({ phase: "restoring_service", failure: toCommandError(error, "move_failed") });
  }
}

/** Finds what would fail later, while the service still runs. */
async function checkBeforehand({ database, service, control, record }: ResetTask): Promise<ServiceState> {
  const files = await findDatabaseFiles(database);
  if (files.length === 0)
    throw new CommandFailedError("no_database", `no ${database.files.join(" ")} in ${database.directory}`);
  await checkMovable(database, files);
  const { name, state } = await control.status().catch((error: Error) => {
    throw new CommandFailedError("stop_failed", error.message, { cause: error });
  });
  if (state === "not_installed")
    throw new CommandFailedError("service_not_installed", `there is no service ${name}`);
  const verbs = { stop: state !== "stopped", start: record.order.startService };
  for (const verb of ["stop", "start"] as const) {
    const [missing] = verbs[verb] ? missingServiceCommands(service, [verb]) : [];
    if (missing) throw new CommandFailedError(`${verb}_failed`, `${missing} is not configured`);
  }
  return state;
}

export function createDatabaseResets(
  { stateDirectory, database, service }: AgentConfig,
  control: ServiceControl,
  logger: FastifyBaseLogger,
): Commands<DatabaseResetOrder, DatabaseResetReport> {
  const facts = { stateDirectory, database, service, control };
  return createCommandsOfKind<DatabaseResetOrder, DatabaseResetReport, ResetRecord>({
    name: "database reset",
    store: createResetStore(stateDirectory),
    stateDirectory,
    logger,
    begin: beginReset,
    async run(task) {
      while (task.record.phase !== "ended") {
        task.signal.throwIfAborted();
        await PHASES[task.record.phase]({ ...task, ...facts });
      }
    },
    resume: (task) => resumeReset({ ...task, ...facts }),
  });
}
