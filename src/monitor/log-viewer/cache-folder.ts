import { mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isGone } from "./is-gone.ts";
import { BLOCKS_FILE, SUMMARY_FILE, TEXT_FILE } from "./prepared-format.ts";

/** The names of folders begin with it while a log is being prepared in them. */
export const UNFINISHED = "unfinished-";

interface KeptLog {
  name: string;
  bytes: number;
  usedAt: number;
}

/** Removes what a process left that ended while it prepared logs. */
export async function removeUnfinished(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (name.startsWith(UNFINISHED)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** Notes that a log is looked at, so that it goes last. */
export async function markUsed(logDirectory: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(join(logDirectory, SUMMARY_FILE), now, now);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Removes logs, those that were not looked at for longest first, until all together are at most so large.
 * @param keep the name of one that stays.
 */
export async function makeRoom(directory: string, maxBytes: number, keep?: string): Promise<void> {
  const logs = await listKeptLogs(directory);
  let totalBytes = logs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes } of logs.toSorted((left, right) => left.usedAt - right.usedAt)) {
    if (totalBytes <= maxBytes) return;
    if (name === keep) continue;
    await rm(join(directory, name), { recursive: true, force: true });
    totalBytes -= bytes;
  }
}

async function listKeptLogs(directory: string): Promise<KeptLog[]> {
  const logs: KeptLog[] = [];
  for (const name of await readdir(directory)) {
    if (name.startsWith(UNFINISHED)) continue;
    const files = await Promise.all(
      [SUMMARY_FILE, TEXT_FILE, BLOCKS_FILE].map((file) => statOrNull(join(directory, name, file))),
    );
    const bytes = files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
    logs.push({ name, bytes, usedAt: files[0]?.mtimeMs ?? 0 });
  }
  return logs;
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
