import { toCommandError } from "../commands/command-failed-error.ts";
import { releaseDatabase } from "../database/release-database.ts";
import { removeProbe } from "../quarantine/check-movable.ts";
import { stopService } from "../service-control/wait-for-service.ts";
import { filesInQuarantine, type ResetTask, serviceWait } from "./reset-task.ts";

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
