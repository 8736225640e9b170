import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const NIGHTLY = /^poswatch-[\dTZ-]+-nightly\.backup$/;
/** A backup that is being made, and the files of SQLite beside it. */
const PART = /^poswatch-[\dTZ-]+(-nightly)?\.backup\.part(-journal|-wal|-shm)?$/;
/** Longer than any backup takes. */
const ABANDONED_AFTER_MS = 86_400_000;

/** Migrations keep their copies here, too. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, "backups");
}

/** `at`: ms UTC. Nightly backups have names of their own, since only they are removed by themselves. */
export function backupName(at: number, kind: "nightly" | "by hand"): string {
  const time = new Date(at).toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
  return `poswatch-${time}${kind === "nightly" ? "-nightly" : ""}.backup`;
}

/** The nightly backups in a folder, oldest first. */
export async function listNightlyBackups(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NIGHTLY.test(name)).sort();
}

/** The remains of interrupted backups in a folder. */
export async function listAbandonedParts(folder: string, now: number): Promise<string[]> {
  const parts = (await readdir(folder)).filter((name) => PART.test(name));
  const ages = await Promise.all(parts.map(async (name) => now - (await stat(join(folder, name))).mtimeMs));
  return parts.filter((_name, index) => (ages[index] ?? 0) > ABANDONED_AFTER_MS);
}
