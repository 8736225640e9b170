import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncDirectory } from "../../protocol/files.ts";
import type { AgentConfig, DatabaseConfig } from "../config/config.ts";
import { forgetEmptiedAt } from "../database/database-files.ts";
import { releaseDatabase } from "../database/release-database.ts";
import { hasUnfinishedReset } from "../database-reset/reset-record.ts";
import { exists, moveFile } from "../files/files.ts";
import { acquireLock } from "../files/lock.ts";
import { hashFile, type ManifestFile, readManifest, writeManifest } from "../quarantine/manifest.ts";
import { listQuarantine, type QuarantineFolder, quarantineName } from "../quarantine/quarantine-folder.ts";
import { createServiceControl } from "../service-control/service-control.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";
import { commandLineTexts, quarantineTexts } from "../texts/command-line-texts.ts";
import { formatBytes, formatTime } from "../texts/format.ts";
import { reasonInWords } from "../texts/reason-texts.ts";

export async function printQuarantine(
  { database, utcOffsetMinutes }: AgentConfig,
  configFile: string,
  print: (line: string) => void,
): Promise<void> {
  const folders = await listQuarantine(database.quarantineDirectory);
  if (folders.length === 0) return print(quarantineTexts.empty(database.quarantineDirectory));
  print(quarantineTexts.title(database.quarantineDirectory));
  for (const { name, path, at } of folders) {
    const offset = utcOffsetMinutes ?? -new Date(at).getTimezoneOffset();
    print(quarantineTexts.folder(name, formatTime(at, offset)));
    const manifest = await readManifest(path);
    const bytes = manifest?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0;
    print(
      manifest
        ? quarantineTexts.files(manifest.files.length, formatBytes(bytes))
        : quarantineTexts.noManifest,
    );
  }
  print(quarantineTexts.hint(commandLineTexts.command(configFile, "quarantine restore ВРЕМЯ")));
}

/** Swaps the present database for one from quarantine. Repeated, it completes an interrupted restore. @throws RestoreError */
export async function restoreFromQuarantine(
  config: AgentConfig,
  name: string,
  print: (line: string) => void,
): Promise<void> {
  const folders = await listQuarantine(config.database.quarantineDirectory);
  const folder = folders.find((candidate) => candidate.name === name);
  if (!folder) throw new RestoreError(quarantineTexts.notFound(name));
  const locks = [];
  try {
    for (const purpose of ["command", "pruning"] as const) {
      const release = await acquireLock(purpose, config.stateDirectory);
      if (!release) throw new RestoreError(quarantineTexts.busy);
      locks.push(release);
    }
    await verifyAndRestore(config, folder, print);
  } finally {
    for (const release of locks) await release();
  }
  print(quarantineTexts.done(name));
}

async function verifyAndRestore(
  config: AgentConfig,
  { name, path }: QuarantineFolder,
  print: (line: string) => void,
): Promise<void> {
  if (await hasUnfinishedReset(config.stateDirectory)) throw new RestoreError(quarantineTexts.unfinished);
  const manifest = await readManifest(path);
  if (!manifest) throw new RestoreError(quarantineTexts.withoutManifest(name));
  const files = await verifyFiles(manifest.files, path, config.database.directory);
  print(quarantineTexts.verified(manifest.files.length));
  try {
    await restoreDatabase(config, files, print);
  } catch (error) {
    throw new RestoreError(quarantineTexts.failed(reasonInWords(error)), { cause: error });
  }
}

interface Restore {
  folder: string;
  inQuarantine: ManifestFile[];
  /** Already back in the folder of the database, from an interrupted restore. */
  inPlace: ManifestFile[];
}

/** @throws RestoreError when a file is missing or differs. */
async function verifyFiles(
  files: readonly ManifestFile[],
  folder: string,
  databaseDirectory: string,
): Promise<Restore> {
  const verified: Restore = { folder, inQuarantine: [], inPlace: [] };
  for (const file of files) {
    if (await exists(join(folder, file.name))) {
      if (!(await isUnchanged(join(folder, file.name), file)))
        throw new RestoreError(quarantineTexts.differs(file.name));
      verified.inQuarantine.push(file);
    } else {
      const path = join(databaseDirectory, file.name);
      if (!(await exists(path)) || !(await isUnchanged(path, file)))
        throw new RestoreError(quarantineTexts.missing(file.name));
      verified.inPlace.push(file);
    }
  }
  return verified;
}

async function isUnchanged(path: string, { bytes, sha256 }: ManifestFile): Promise<boolean> {
  const found = await hashFile(path);
  return found.bytes === bytes && found.sha256 === sha256;
}

/** Stops the service, swaps the databases, and starts the service again if it ran. @throws with the reason. */
async function restoreDatabase(
  config: AgentConfig,
  restore: Restore,
  print: (line: string) => void,
): Promise<void> {
  const { service, database } = config;
  const control = createServiceControl(service);
  const { signal } = new AbortController();
  const { name, state } = await control.status();
  if (state !== "stopped") print(quarantineTexts.stopping(name));
  await stopService({ control, timeoutMs: service.stopTimeoutMs, signal });
  print(quarantineTexts.stopped);

  await moveAway(database, restore, print);
  await moveIn(database, restore, print);
  await forgetEmptiedAt(config.stateDirectory);

  if (state === "stopped") return print(quarantineTexts.leftStopped);
  print(quarantineTexts.starting);
  await startService({ control, timeoutMs: service.startTimeoutMs, signal });
  print(quarantineTexts.running);
}

async function moveAway(
  database: DatabaseConfig,
  { inPlace }: Restore,
  print: (line: string) => void,
): Promise<void> {
  const files = await releaseDatabase(database, new AbortController().signal);
  const present = files.filter(({ name }) => !inPlace.some((file) => file.name === name));
  if (present.length === 0) return print(quarantineTexts.nothingToMove);
  const now = Date.now();
  const folder = join(database.quarantineDirectory, quarantineName(now));
  for (const { path, name } of present) await moveFile(path, join(folder, name));
  await syncDirectory(database.quarantineDirectory);
  await writeManifest(folder, { movedAt: new Date(now).toISOString(), key: null });
  print(quarantineTexts.movedAway(quarantineName(now), present.length));
}

async function moveIn(
  database: DatabaseConfig,
  { folder, inQuarantine }: Restore,
  print: (line: string) => void,
): Promise<void> {
  for (const { name } of inQuarantine) {
    if (await exists(join(database.directory, name))) throw new Error(quarantineTexts.taken(name));
  }
  for (const { name, bytes } of inQuarantine) {
    const target = join(database.directory, name);
    await moveFile(join(folder, name), target);
    await syncDirectory(dirname(target));
    print(quarantineTexts.restored(name, formatBytes(bytes)));
  }
  await rm(folder, { recursive: true, force: true });
}

/** Its message is in Russian, for the person who restores. */
class RestoreError extends Error {}
