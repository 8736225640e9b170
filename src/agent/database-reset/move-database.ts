import { dirname, join } from "node:path";
import type { CommandError } from "../../protocol/commands.ts";
import { errorText } from "../../protocol/error-text.ts";
import { syncDirectory } from "../../protocol/files.ts";
import { toCommandError } from "../commands/command-failed-error.ts";
import { findDatabaseFiles, rememberEmptiedAt } from "../database/database-files.ts";
import { exists, moveFile } from "../files/files.ts";
import type { FoundFile } from "../files/find-files.ts";
import { laterName } from "../quarantine/quarantine-folder.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";
import { filesInQuarantine, quarantineFolder, type ResetTask, serviceWait } from "./reset-record.ts";

/** Moves the database into quarantine, or the rest of it after an interrupted attempt. */
export async function moveDatabase(task: ResetTask): Promise<void> {
  const { note, database, record, logger } = task;
  let later: FoundFile[];
  try {
    later = await moveFiles(task);
  } catch (error) {
    logger.error({ err: error }, "database cannot be moved");
    return note({ phase: "moving_back", failure: describeMoveFailure(error) });
  }
  const moved = [...(await filesInQuarantine(task)), ...later];
  const resetAt = Date.now();
  const report = {
    ...record.report,
    resetAt: new Date(resetAt).toISOString(),
    movedFiles: moved.map(({ name, bytes }) => ({ name, bytes })),
  };
  const left = await findDatabaseFiles(database).catch((error: Error) => error);
  if (Array.isArray(left) && left.length === 0) {
    await rememberEmptiedAt(task.stateDirectory, resetAt).catch((error: unknown) =>
      logger.error({ err: error }, "cannot remember that there was no database"),
    );
    return note({ phase: "starting_service", report: { ...report, step: "starting_service" } });
  }
  // The old database is whole and safe in quarantine, so it stays there; a person has to find out who writes to the folder.
  const message = Array.isArray(left)
    ? `there again: ${left.map(({ name }) => name).join(", ")}`
    : left.message;
  const error = { error: "database_left", message };
  return note({ phase: "writing_manifest", report: { ...report, step: "failed", error } });
}

/** @returns files that were not there when the reset began; they are moved to a folder of their own. */
async function moveFiles(task: ResetTask): Promise<FoundFile[]> {
  const { database, record, logger } = task;
  const keys = new Map(record.files.map(({ name, key }) => [name, key]));
  const folder = quarantineFolder(task);
  const later: FoundFile[] = [];
  const changedFolders = new Set<string>([database.quarantineDirectory]);
  for (const file of await findDatabaseFiles(database)) {
    const isPlanned = keys.get(file.name) === file.key;
    if (!isPlanned) later.push(file);
    const target = join(isPlanned ? folder : laterName(folder), file.name);
    await moveFile(file.path, target);
    logger.info({ file: file.name, bytes: file.bytes, target }, "moved");
    for (const path of [file.path, target]) changedFolders.add(dirname(path));
  }
  for (const changed of changedFolders) await syncDirectory(changed);
  return later;
}

function describeMoveFailure(error: unknown): CommandError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EBUSY") return { error: "database_in_use", message };
  if (code === "EXDEV")
    return {
      error: "move_failed",
      message: `the quarantine must be on the disk of the database: ${message}`,
    };
  return toCommandError(error, "move_failed");
}

/** Moves everything back after a failed move, or nothing where that would mix two databases. */
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

/** A service that ran before runs again, unless it is still stopping or the database could not be moved back. */
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
