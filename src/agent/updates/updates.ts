import type { KeyObject } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import pLimit from "p-limit";
import { type AgentUpdate, updateKeyId } from "../../protocol/agent-update.ts";
import { errorText } from "../../protocol/error-text.ts";
import { compareVersions } from "../../protocol/versions.ts";
import type { ReleaseLock } from "../files/lock.ts";
import { AGENT_VERSION } from "../status/agent-version.ts";
import type { ReportedUpdates } from "../status/status-reading.ts";
import { confirmVersion } from "./confirm-version.ts";
import type { Installation } from "./installation.ts";
import { type OpenedUpdate, openUpdate } from "./open-update.ts";
import { putInPlace } from "./put-in-place.ts";
import { UpdateRefusedError } from "./update-refused-error.ts";
import { readNote } from "./version-notes.ts";

export interface UpdatesOptions {
  key: KeyObject | null;
  installation: Installation | null;
  /** Keeps all from beginning that the end of the agent would cut short; null while there is any. */
  holdOff(): Promise<ReleaseLock | null>;
  log: FastifyBaseLogger;
}

/** How this agent gets other versions, and how its host learns that this one works. */
export interface Updates {
  /**
   * Puts an update in place of this version from the next start on; until then nothing else begins.
   * @returns its version.
   * @throws UpdateRefusedError, and all is as it was.
   */
  take(update: AgentUpdate): Promise<string>;
  /** Remembers that this version has served the monitor. It never rejects. */
  confirm(): Promise<void>;
  /** @returns null when there can be none. @throws when it cannot be read. */
  report(): Promise<ReportedUpdates | null>;
  close(): Promise<void>;
}

export function createUpdates({ key, installation, holdOff, log }: UpdatesOptions): Updates {
  // What is being put in place must not be removed as nobody's.
  const oneByOne = pLimit(1);
  let release: ReleaseLock | null = null;
  let isConfirmed = false;
  let hasFailed = false;

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

  async function report(): Promise<ReportedUpdates | null> {
    if (!key || !installation) return null;
    const rejected = await readNote(installation.folder, "rejected");
    // Whoever has a later version by now has got over it.
    const isOutstanding = rejected !== null && isLater(rejected, AGENT_VERSION);
    return { key: updateKeyId(key), rejected: isOutstanding ? rejected : null };
  }

  return { take, confirm, report, close: async () => await release?.() };
}

/** Going back is for the host alone, and for the package. */
async function refuseUnwanted({ folder, version: running }: Installation, version: string): Promise<void> {
  if (!isLater(version, AGENT_VERSION) || !isLater(version, running))
    throw new UpdateRefusedError("not_newer");
  if ((await readNote(folder, "rejected")) === version) throw new UpdateRefusedError("rejected");
}

function isLater(version: string, than: string): boolean {
  return (compareVersions(version, than) ?? 0) > 0;
}
