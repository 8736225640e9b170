import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { AgentConfig, DatabaseConfig } from "../config/config.ts";
import { ifThere } from "../files/files.ts";
import type { FoundFile } from "../files/find-files.ts";
import { acquireLock } from "../files/lock.ts";

const FOLDER_NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(?:-later)?$/;

const PROBE_FILE = "poswatch.probe";

export interface QuarantineFolder {
  /** Its time in UTC, as `quarantineName` writes it. */
  name: string;
  path: string;
  /** ms UTC */
  at: number;
}

/** `2026-11-24T13-43-00-123Z`: such names sort by time, and Windows accepts them. */
export function quarantineName(at: number): string {
  return new Date(at).toISOString().replace(/[:.]/g, "-");
}

/** For files that the service made while a reset was interrupted: they must not mix with the old database. */
export function laterName(name: string): string {
  return `${name}-later`;
}

/** Newest first; folders with other names are not the agent's. */
export async function listQuarantine(quarantineDirectory: string): Promise<QuarantineFolder[]> {
  const folders: QuarantineFolder[] = [];
  const entries = await ifThere(readdir(quarantineDirectory, { withFileTypes: true }));
  for (const entry of entries ?? []) {
    const at = timeOf(entry.name);
    if (entry.isDirectory() && at !== null)
      folders.push({ name: entry.name, path: join(quarantineDirectory, entry.name), at });
  }
  return folders.sort((a, b) => b.at - a.at || a.name.localeCompare(b.name));
}

function timeOf(name: string): number | null {
  const [, date, hour, minute, second, millisecond] = FOLDER_NAME.exec(name) ?? [];
  const at = Date.parse(`${date}T${hour}:${minute}:${second}.${millisecond}Z`);
  return Number.isNaN(at) ? null : at;
}

/** @returns the timer, to be cleared when the agent ends. */
export function keepQuarantinePruned(
  { database, stateDirectory }: Pick<AgentConfig, "database" | "stateDirectory">,
  logger: FastifyBaseLogger,
): NodeJS.Timeout {
  async function prune(): Promise<void> {
    try {
      const release = await acquireLock("pruning", stateDirectory);
      if (!release) return;
      await pruneQuarantine(database, logger).finally(release);
    } catch (error) {
      logger.error({ err: error }, "quarantine cannot be pruned");
    }
  }

  void prune();
  return setInterval(() => void prune(), DAY_MS).unref();
}

/** Never removes the newest. */
async function pruneQuarantine(
  { quarantineDirectory, quarantineDays }: DatabaseConfig,
  logger: FastifyBaseLogger,
): Promise<void> {
  const folders = await listQuarantine(quarantineDirectory);
  const newestAt = folders[0]?.at;
  for (const { name, path, at } of folders) {
    if (at === newestAt || Date.now() - at <= quarantineDays * DAY_MS) continue;
    await rm(path, { recursive: true, force: true });
    logger.info({ name }, "removed from the quarantine");
  }
}

/**
 * Tries with an empty file whether these files can be moved to the quarantine, which it makes if missing.
 * @throws with the reason: no right to write, another disk, …
 */
export async function checkMovable(database: DatabaseConfig, files: readonly FoundFile[]): Promise<void> {
  const { directory, quarantineDirectory } = database;
  await mkdir(quarantineDirectory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(directory, PROBE_FILE), "");
    await rename(join(directory, PROBE_FILE), join(quarantineDirectory, PROBE_FILE));
  } finally {
    await removeProbe(database);
  }
  const { dev } = await stat(quarantineDirectory);
  for (const { path, name } of files) {
    if ((await stat(path)).dev !== dev)
      throw new Error(`EXDEV: ${name} is on another disk than ${quarantineDirectory}`);
  }
}

/** Removes what a killed agent left of a check. */
export async function removeProbe({ directory, quarantineDirectory }: DatabaseConfig): Promise<void> {
  for (const folder of [directory, quarantineDirectory]) await rm(join(folder, PROBE_FILE), { force: true });
}
