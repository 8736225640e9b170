import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const BACKUP = /^poswatch-.*\.backup$/;
const NIGHTLY = /^poswatch-[\dTZ-]+-nightly\.backup$/;
/** A backup in the making, and the files of SQLite beside it. */
const PART = /^poswatch-[\dTZ-]+(-nightly)?\.backup\.part(-journal|-wal|-shm)?$/;
/** Longer than any backup takes. */
const ABANDONED_AFTER_MS = 86_400_000;

/** Migrations keep their copies there too. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, "backups");
}

/** `at`: ms UTC. Only nightly backups are removed by themselves, so their names differ. */
export function backupName(at: number, kind: "nightly" | "by hand"): string {
  const time = new Date(at).toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
  return `poswatch-${time}${kind === "nightly" ? "-nightly" : ""}.backup`;
}

/** When the newest backup of a folder was made, ms UTC; null = there is none. */
export async function newestBackupAt(folder: string): Promise<number | null> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  const files = names.filter((name) => BACKUP.test(name));
  const times = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  return times.length === 0 ? null : Math.max(...times);
}

export async function listNightlyBackups(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NIGHTLY.test(name)).sort();
}

/** What interrupted backups have left. */
export async function listAbandonedParts(folder: string, now: number): Promise<string[]> {
  const parts = (await readdir(folder)).filter((name) => PART.test(name));
  const ages = await Promise.all(parts.map(async (name) => now - (await stat(join(folder, name))).mtimeMs));
  return parts.filter((_name, index) => (ages[index] ?? 0) > ABANDONED_AFTER_MS);
}
