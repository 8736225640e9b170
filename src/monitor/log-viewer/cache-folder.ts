import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isGone, PREPARED_FILES, SUMMARY_FILE } from "./prepared-log.ts";

export const UNFINISHED = "unfinished-";

interface KeptLog {
  name: string;
  bytes: number;
  usedAt: number;
}

export async function makeCacheFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/** Removes logs that a killed process left half prepared. */
export async function removeUnfinished(directory: string): Promise<void> {
  await makeCacheFolder(directory);
  for (const name of await readdir(directory)) {
    if (name.startsWith(UNFINISHED)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** Logs used last are removed last. */
export async function markUsed(logDirectory: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(join(logDirectory, SUMMARY_FILE), now, now);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

interface WantedRoom {
  /** For all logs together. */
  maxBytes: number;
  /** To be free on the disk. */
  freeBytes: number;
  readFreeBytes: () => Promise<number>;
  /** The name of a log that stays. */
  keep?: string;
}

/**
 * The least recently viewed logs go first; none when removing all would not be enough.
 * @returns whether enough of the disk is free.
 */
export async function makeRoom(directory: string, wanted: WantedRoom): Promise<boolean> {
  const { maxBytes, readFreeBytes, keep } = wanted;
  const logs = await listKeptLogs(directory);
  const removable = logs
    .filter(({ name }) => name !== keep)
    .toSorted((left, right) => left.usedAt - right.usedAt);
  let totalBytes = sumOf(logs);
  let freeBytes = await readFreeBytes();
  if (freeBytes + sumOf(removable) < wanted.freeBytes) return false;
  for (const { name, bytes } of removable) {
    if (totalBytes <= maxBytes && freeBytes >= wanted.freeBytes) return true;
    await removeKept(directory, name);
    totalBytes -= bytes;
    freeBytes = await readFreeBytes();
  }
  return freeBytes >= wanted.freeBytes;
}

export async function listKept(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith(UNFINISHED));
}

export async function removeKept(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { recursive: true, force: true });
}

async function listKeptLogs(directory: string): Promise<KeptLog[]> {
  const logs: KeptLog[] = [];
  for (const name of await listKept(directory)) {
    const files = await Promise.all(PREPARED_FILES.map((file) => statOrNull(join(directory, name, file))));
    const bytes = files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
    logs.push({ name, bytes, usedAt: files[0]?.mtimeMs ?? 0 });
  }
  return logs;
}

function sumOf(logs: readonly KeptLog[]): number {
  return logs.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
