import { glob } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CommandFailedError } from "../commands/command-failed-error.ts";
import type { DatabaseConfig } from "../config/config.ts";
import type { FoundFile } from "../files/find-files.ts";
import { runCommand } from "../machine/run-command.ts";
import { findDatabaseFiles } from "./database-files.ts";
import { findHolder, type Holder } from "./open-files.ts";

const LOOK_EVERY_MS = 250;
/** A virus scanner or a backup closes a file after a moment. */
const SCANNER_PATIENCE_MS = 5_000;
const RELEASE_COMMAND_TIMEOUT_MS = 30_000;

/**
 * Waits until no program has a file of the database open; a user instance of SQL Server would keep it for up to an hour.
 * @throws CommandFailedError `database_in_use` after `releaseTimeoutMs`, or the system's error when the agent could never
 * look.
 */
export async function releaseDatabase(database: DatabaseConfig, signal: AbortSignal): Promise<FoundFile[]> {
  const first = await waitUntilClosed(
    database,
    Math.min(SCANNER_PATIENCE_MS, database.releaseTimeoutMs),
    signal,
  );
  if (first.holder === null) return first.files;
  for (const command of database.releaseCommands) await tryToRelease(command);
  const { files, holder } = await waitUntilClosed(database, database.releaseTimeoutMs, signal);
  if (holder instanceof Error) throw holder;
  if (holder !== null) throw new CommandFailedError("database_in_use", describeHolder(holder));
  return files;
}

/** @returns `holder`: an error when the system did not let the agent look. */
async function waitUntilClosed(database: DatabaseConfig, timeoutMs: number, signal: AbortSignal) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const files = await findDatabaseFiles(database);
    const holder = await findHolder(files).catch((error: Error) => error);
    if (holder === null || performance.now() >= deadline) return { files, holder };
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** A glob may find several versions. Failures do not matter: what counts is whether the files are closed then. */
async function tryToRelease([program = "", ...args]: string[]): Promise<void> {
  for await (const path of glob(program))
    await runCommand([path, ...args], RELEASE_COMMAND_TIMEOUT_MS).catch(() => {});
}

/** In the words that the monitor reads. */
export function describeHolder({ file, program, processId, isGuess }: Holder): string {
  if (processId === null) return `${file} is open in another program`;
  return `${file} is open${isGuess ? ", perhaps" : ""} in ${program ?? "process"} (${processId})`;
}
