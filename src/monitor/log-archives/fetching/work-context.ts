import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import type { PosClient } from "../../pos-client/client.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { ArchiveError, type LogFailure, mayPass } from "../outcome/failure.ts";
import type { ArchiveStore } from "../store/store.ts";

export const TIMING = {
  retryPausesMs: [3_000, 15_000],
  /** How long a POS server may go on saying that it is busy. */
  busyPatienceMs: 5 * 60_000,
  progressEveryMs: 500,
  /** Between two measurements of how fast logs come. */
  paceTickMs: 1_000,
};
export type Timing = typeof TIMING;

type LogClient = Pick<PosClient, "agents" | "fetchStatus" | "listLogs" | "openLogArchive">;

export interface WorkContext {
  db: Db;
  client: LogClient;
  secretBox: SecretBox;
  store: ArchiveStore;
  timing: Timing;
  log: FastifyBaseLogger;
  clock: () => number;
  monotonicClock: () => number;
}

/** @throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

interface RetryOptions {
  pausesMs: readonly number[];
  signal: AbortSignal;
  onFailure?: (failure: LogFailure) => Promise<void>;
}

/** Retries after each pause while the failure may pass. @throws ArchiveError with the last failure. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pausesMs, signal, onFailure } = options;
  for (let failures = 0; ; failures++) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ArchiveError)) throw error;
      await onFailure?.(error.failure);
      const pauseMs = pausesMs[failures];
      if (pauseMs === undefined || !mayPass(error.failure)) throw error;
      await pause(pauseMs, signal);
    }
  }
}
