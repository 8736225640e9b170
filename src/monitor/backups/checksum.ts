import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Page sizes are multiples of it, so that a file's size shows where its checksum begins. */
const SMALLEST_PAGE = 512;

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
