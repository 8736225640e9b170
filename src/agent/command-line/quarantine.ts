import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { hasUnfinishedReset } from "../database-reset/reset-record.ts";
import { acquireLock } from "../files/lock.ts";
import { readManifest } from "../quarantine/manifest.ts";
import { listQuarantine, type QuarantineFolder } from "../quarantine/quarantine-folder.ts";
import { RestoreError, restoreDatabase, verifyFiles } from "../quarantine/restore-database.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { formatBytes, formatTime } from "../texts/format.ts";
import { quarantineTexts } from "../texts/quarantine-texts.ts";

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
    throw new RestoreError(quarantineTexts.failed(errorText(error)), { cause: error });
  }
}
