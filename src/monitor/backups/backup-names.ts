import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DAY_MS } from "../../protocol/time-units.ts";

/** Page sizes are multiples of it, so that a file's size shows where its checksum begins. */
const SMALLEST_PAGE = 512;

const BACKUP = /^poswatch-.*\.backup$/;
const NIGHTLY = /^poswatch-[\dTZ-]+-nightly\.backup$/;
/** A backup in the making, and the files of SQLite beside it. */
const PART = /^poswatch-[\dTZ-]+(-nightly)?\.backup\.part(-journal|-wal|-shm)?$/;
/** Longer than any backup takes. */
const ABANDONED_AFTER_MS = DAY_MS;

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

/** Appends the SHA-256 of a database to its file, where SQLite does not look, and syncs it. */
export async function sealBackup(file: string): Promise<void> {
  const checksum = await hashOf(file, (await stat(file)).size);
  await writeFile(file, checksum, { flag: "a", flush: true });
}

/**
 * @returns the size of the database in bytes; null when there is no checksum.
 * @throws Error when the checksum is wrong.
 */
export async function checkSeal(file: string): Promise<number | null> {
  const { size } = await stat(file);
  const databaseBytes = size - (size % SMALLEST_PAGE);
  if (databaseBytes === size) return null;
  const checksum = Buffer.concat(await createReadStream(file, { start: databaseBytes }).toArray());
  if (databaseBytes > 0 && checksum.equals(await hashOf(file, databaseBytes))) return databaseBytes;
  throw new Error(lostChecksum(file));
}

export function lostChecksum(file: string): string {
  return `${file} is damaged or no backup: it is not what its checksum is of. Take another copy.`;
}

async function hashOf(file: string, bytes: number): Promise<Buffer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { end: bytes - 1 }), hash);
  return hash.digest();
}
