import { toCommandError } from "../commands/command-failed-error.ts";
import { releaseDatabase } from "../database/release-database.ts";
import { removeProbe } from "../quarantine/check-movable.ts";
import { writeManifest } from "../quarantine/manifest.ts";
import { laterName } from "../quarantine/quarantine-folder.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";
import { moveBack, restoreService } from "./move-back.ts";
import { moveDatabase } from "./move-database.ts";
import type { ResetPhase } from "./reset-record.ts";
import { filesInQuarantine, quarantineFolder, type ResetTask, serviceWait } from "./reset-task.ts";
import { stopForReset } from "./stop-for-reset.ts";

/**
 * Each phase does its work and notes the next one, which begins only then:
 * `stopping_service` → `moving_database` → `starting_service` → `writing_manifest` → `ended`. What fails before the
 * database is out of the way goes on with (`moving_back` →) `restoring_service` → `writing_manifest` → `ended`.
 */
const PHASES: Record<Exclude<ResetPhase, "ended">, (task: ResetTask) => Promise<void>> = {
  stopping_service: stopForReset,
  moving_database: moveDatabase,
  moving_back: moveBack,
  restoring_service: restoreService,
  starting_service: startNewDatabase,
  writing_manifest: describeQuarantine,
};

/** Carries a reset through to its end. */
export async function runReset(task: ResetTask): Promise<void> {
  while (task.record.phase !== "ended") {
    task.signal.throwIfAborted();
    await PHASES[task.record.phase](task);
  }
}

/** Starts the service if asked; it makes a new database by itself. */
async function startNewDatabase(task: ResetTask): Promise<void> {
  const { note, record, service, signal } = task;
  try {
    if (record.order.startService) await startService(serviceWait(task, service.startTimeoutMs));
  } catch (error) {
    signal.throwIfAborted();
    const failure = toCommandError(error, "start_failed");
    return note({
      phase: "writing_manifest",
      report: { ...record.report, step: "failed", error: failure },
    });
  }
  return note({ phase: "writing_manifest", report: { ...record.report, step: "done" } });
}

/** Hashes what was moved, last of all: nobody at the till waits for it. */
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

/**
 * Decides how a reset goes on that the end of the agent cut short. Until the first file was moved it is undone, since
 * nobody may expect it any more; from then on it is finished, since half a database is of no use to anybody.
 */
export async function resumeReset(task: ResetTask): Promise<void> {
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
    await stopAgain(task);
  } catch (error) {
    signal.throwIfAborted();
    const movedFiles = moved.map(({ name, bytes }) => ({ name, bytes }));
    const failure = toCommandError(error, "stop_failed");
    await note({ phase: "restoring_service", failure, report: { ...record.report, movedFiles } });
  }
}

/** The system may have started the service since. */
async function stopAgain(task: ResetTask): Promise<void> {
  await stopService(serviceWait(task, task.service.stopTimeoutMs));
  await releaseDatabase(task.database, task.signal);
}
