import type { KeyObject } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import pLimit from "p-limit";
import { type AgentUpdate, updateKeyId } from "../../protocol/agent-update.ts";
import { errorText } from "../../protocol/error-text.ts";
import { syncDirectory, writeFileAtomically } from "../../protocol/files.ts";
import { compareVersions } from "../../protocol/versions.ts";
import type { Commands } from "../commands/commands.ts";
import { acquireLock, type ReleaseLock } from "../files/lock.ts";
import type { OpenArchives } from "../logs/log-archive.ts";
import { AGENT_VERSION, type ReportedUpdates } from "../status/status-reading.ts";
import {
  type Installation,
  programOf,
  readNote,
  type VersionNote,
  versionsIn,
  writeNote,
} from "./installation.ts";
import { type OpenedUpdate, openUpdate, UpdateRefusedError } from "./open-update.ts";

/** A virus scanner may have files open. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10 };

interface UpdatesOptions {
  key: KeyObject | null;
  installation: Installation | null;
  /** Lets nothing begin that the end of the agent would interrupt; null while such work is under way. */
  holdOff(): Promise<ReleaseLock | null>;
  log: FastifyBaseLogger;
}

export type Updates = ReturnType<typeof createUpdates>;

export function createUpdates({ key, installation, holdOff, log }: UpdatesOptions) {
  // `confirm` must not delete a version that is being put in place.
  const oneByOne = pLimit(1);
  let release: ReleaseLock | null = null;
  let isConfirmed = false;
  let hasFailed = false;

  /** The next start runs the update; nothing else begins before. @throws UpdateRefusedError; nothing has changed then. */
  async function take(update: AgentUpdate): Promise<string> {
    if (!key || !installation) throw new UpdateRefusedError("not_updatable");
    const opened = await openUpdate(update, key);
    try {
      await refuseUnwanted(installation, opened.version);
      release = await replace(installation, opened);
    } catch (error) {
      if (error instanceof UpdateRefusedError) throw error;
      throw new UpdateRefusedError("not_written", errorText(error));
    }
    return opened.version;
  }

  async function replace(installation: Installation, opened: OpenedUpdate): Promise<ReleaseLock> {
    const release = await holdOff();
    if (!release) throw new UpdateRefusedError("busy");
    try {
      await oneByOne(() => putInPlace(installation, opened));
      return release;
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Remembers that this version has served the monitor. Never rejects. */
  async function confirm(): Promise<void> {
    if (!installation || isConfirmed) return;
    isConfirmed = true;
    try {
      await oneByOne(() => confirmVersion(installation));
    } catch (error) {
      isConfirmed = false;
      if (!hasFailed) log.warn({ err: error }, "the host cannot be told that this version works");
      hasFailed = true;
    }
  }

  /** null when this agent cannot be updated. @throws when its files cannot be read. */
  async function report(): Promise<ReportedUpdates | null> {
    if (!key || !installation) return null;
    const rejected = await readNote(installation.folder, "rejected");
    // A later version than the rejected one runs by now.
    const isOutstanding = rejected !== null && isLater(rejected, AGENT_VERSION);
    return { key: updateKeyId(key), rejected: isOutstanding ? rejected : null };
  }

  return { take, confirm, report, close: async () => await release?.() };
}

/** Only the host and the package may go back to an older version. */
async function refuseUnwanted({ folder, version: running }: Installation, version: string): Promise<void> {
  if (!isLater(version, AGENT_VERSION) || !isLater(version, running))
    throw new UpdateRefusedError("not_newer");
  if ((await readNote(folder, "rejected")) === version) throw new UpdateRefusedError("rejected");
}

function isLater(version: string, than: string): boolean {
  return (compareVersions(version, than) ?? 0) > 0;
}

/** Tells the host to keep this version, mends a `current` lost in a power failure, and deletes versions no longer needed. */
async function confirmVersion({ folder, version }: Installation): Promise<void> {
  if ((await readNote(folder, "confirmed")) !== version) await writeNote(folder, "confirmed", version);
  if ((await readNote(folder, "trial")) === version) await writeNote(folder, "trial", null);
  const current = await readNote(folder, "current");
  if (current === null) await writeNote(folder, "current", version);
  const kept = [version, current, await readNote(folder, "previous")];
  const versions = versionsIn(folder);
  for (const entry of await readdir(versions, { withFileTypes: true }))
    if (entry.isDirectory() && !kept.includes(entry.name)) await rm(join(versions, entry.name), REMOVAL);
}

/** Each step is on disk before the next, so the host runs this version or the other. @throws with nothing changed. */
async function putInPlace(
  { folder, version: running }: Installation,
  { version, code }: OpenedUpdate,
): Promise<void> {
  const before = await readNotes(folder);
  const program = programOf(folder, version);
  try {
    await mkdir(dirname(program), { recursive: true });
    await writeFileAtomically(program, code, 0o644);
    await syncDirectory(versionsIn(folder));
    await writeNote(folder, "trial", version);
    await writeNote(folder, "previous", running);
    await writeNote(folder, "current", version);
  } catch (error) {
    await putBack(folder, before, dirname(program)).catch(() => undefined); // why it was not written says more
    throw error;
  }
}

/** What the host would run is put back first. */
const NOTES = ["current", "previous", "trial"] as const satisfies VersionNote[];

async function readNotes(folder: string): Promise<(string | null)[]> {
  return await Promise.all(NOTES.map((note) => readNote(folder, note)));
}

/** Deletes the code last, when no note names it any more. */
async function putBack(folder: string, before: (string | null)[], added: string): Promise<void> {
  const now = await readNotes(folder);
  for (const [index, note] of NOTES.entries())
    if (now[index] !== before[index]) await writeNote(folder, note, before[index] ?? null);
  await rm(added, { recursive: true, force: true });
}

interface HeldOff {
  stateDirectory: string;
  commands: Pick<Commands<never, unknown>, "isResuming">[];
  archives: Pick<OpenArchives, "holdOff">;
}

/** Keeps commands and archives from beginning until the returned function is called; null while one runs or was interrupted. */
export async function holdOff({ stateDirectory, commands, archives }: HeldOff): Promise<ReleaseLock | null> {
  for (const { isResuming } of commands) if (await isResuming()) return null;
  const releaseLock = await acquireLock("command", stateDirectory);
  if (!releaseLock) return null;
  const letArchives = archives.holdOff();
  if (!letArchives) {
    await releaseLock();
    return null;
  }
  return async () => {
    letArchives();
    await releaseLock();
  };
}
