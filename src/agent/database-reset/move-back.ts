import { dirname, join } from "node:path";
import { errorText } from "../../protocol/error-text.ts";
import { exists, moveFile } from "../files/move-file.ts";
import { syncDirectory } from "../files/write-file-atomically.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";
import { filesInQuarantine, quarantineFolder, type ResetTask, serviceWait } from "./reset-task.ts";

/** Puts back what was moved before a move failed: all of it, or nothing where that would mix two databases. */
export async function moveBack(task: ResetTask): Promise<void> {
  const { note, record, service, signal, logger } = task;
  let { failure } = record;
  try {
    await stopService(serviceWait(task, service.stopTimeoutMs));
    await moveFilesBack(task);
  } catch (error) {
    signal.throwIfAborted();
    logger.error({ err: error }, "database cannot be moved back");
    const notBack = `not moved back from ${quarantineFolder(task)}: ${errorText(error)}`;
    failure = { error: failure?.error ?? "move_failed", message: `${failure?.message ?? ""}; ${notBack}` };
  }
  const movedFiles = (await filesInQuarantine(task)).map(({ name, bytes }) => ({ name, bytes }));
  await note({ phase: "restoring_service", failure, report: { ...record.report, movedFiles } });
}

async function moveFilesBack(task: ResetTask): Promise<void> {
  const { database, logger } = task;
  const moves = (await filesInQuarantine(task)).map(({ name }) => ({
    name,
    from: join(quarantineFolder(task), name),
    to: join(database.directory, name),
  }));
  for (const { to } of moves) if (await exists(to)) throw new Error(`${to} is there already`);
  for (const { name, from, to } of moves) {
    await moveFile(from, to);
    logger.info({ file: name }, "moved back");
  }
  const changedFolders = new Set(moves.flatMap(({ from, to }) => [dirname(from), dirname(to)]));
  for (const changed of changedFolders) await syncDirectory(changed);
}

/**
 * Ends a reset that changed nothing: a service that ran before runs again. One that is still stopping is left alone, and
 * so is one whose database is not back.
 */
export async function restoreService(task: ResetTask): Promise<void> {
  const { note, record, service, signal, logger } = task;
  let { failure } = record;
  const isDatabaseBack = record.report.movedFiles.length === 0;
  try {
    const { state } = await task.control.status();
    record.report.service = state;
    if (record.wasRunning && isDatabaseBack && state === "stopped")
      await startService(serviceWait(task, service.startTimeoutMs));
  } catch (error) {
    signal.throwIfAborted();
    logger.error({ err: error }, "service cannot be started again");
    const notStarted = `the service cannot be started again: ${errorText(error)}`;
    failure = failure && { ...failure, message: `${failure.message}; ${notStarted}` };
  }
  await note({ phase: "writing_manifest", report: { ...record.report, step: "failed", error: failure } });
}
