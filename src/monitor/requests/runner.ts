import SQLite from "better-sqlite3";
import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../database/schema.ts";
import { type ClaimedTable, claimRequest, releaseClaim } from "./claims.ts";

/** How long a row rests after a defect, or while the database cannot be written. */
const AGAIN_AFTER_DEFECT_MS = 60_000;

/** The row is finished elsewhere, or the process stops. This is not recorded. */
export class WorkEndedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "WorkEndedError";
  }
}

export interface RunnerOptions {
  db: Db;
  table: ClaimedTable;
  places: number;
  /** Ids of open rows to work on now, in order; claimed ones do no harm. */
  listClaimable: () => Promise<number[]>;
  /**
   * Works on a claimed row as far as possible now; an unfinished row is claimed again, also after a restart. Expected
   * failures go into the row; a rejection is a defect, except the `WorkEndedError` by which the signal ends the work.
   */
  work: (id: number, signal: AbortSignal) => Promise<void>;
  log: FastifyBaseLogger;
  monotonicClock: () => number;
}

export type Runner = ReturnType<typeof createRunner>;

/** Works through the rows of a request table. Call `tick` about once a second. */
export function createRunner(options: RunnerOptions) {
  const { db, table, places, listClaimable, work, log, monotonicClock } = options;
  const running = new Map<number, { ending: AbortController; ended: Promise<void> }>();
  /** Rows that stay claimed though nobody works on them, with the end of that (monotonic ms). */
  const keptUntil = new Map<number, number>();
  let ticking: Promise<void> | null = null;
  let isStopped = false;

  return { tick, wake, interrupt, idle, stop };

  /** Starts what can be started, without waiting for its end. */
  function tick(): Promise<void> {
    ticking ??= startClaimable().finally(() => {
      ticking = null;
    });
    return ticking;
  }

  /** A tick at once, for a row that was just queued. */
  function wake(): void {
    tick().catch((error) => log.error({ err: error, table }, "Requests could not be started"));
  }

  async function startClaimable(): Promise<void> {
    if (isStopped) return;
    for (const [id, until] of keptUntil) if (until <= monotonicClock()) await letGo(id);
    for (const id of await listClaimable()) {
      if (isStopped || running.size >= places) return;
      if (running.has(id) || keptUntil.has(id)) continue;
      if (await claimRequest(db, table, id)) start(id);
    }
  }

  function start(id: number): void {
    const ending = new AbortController();
    const ended = carryOut(id, ending.signal).finally(() => {
      running.delete(id);
      if (!isStopped) wake();
    });
    running.set(id, { ending, ended });
  }

  async function carryOut(id: number, signal: AbortSignal): Promise<void> {
    try {
      if (!isStopped) await work(id, signal);
    } catch (error) {
      if (!(error instanceof WorkEndedError)) return keep(id, error);
    }
    await letGo(id);
  }

  async function letGo(id: number): Promise<void> {
    try {
      await releaseClaim(db, table, id);
      keptUntil.delete(id);
    } catch (error) {
      keep(id, error);
    }
  }

  function keep(id: number, error: unknown): void {
    log.error({ err: error, table, id }, "Work on a request ended with an unexpected error");
    keptUntil.set(id, monotonicClock() + AGAIN_AFTER_DEFECT_MS);
  }

  /** Ends work on a row that was finished elsewhere, such as cancelled. */
  function interrupt(id: number): void {
    running.get(id)?.ending.abort(new WorkEndedError("the request was decided elsewhere"));
  }

  async function idle(): Promise<void> {
    await Promise.allSettled([ticking]);
    while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
  }

  async function stop(): Promise<void> {
    isStopped = true;
    await Promise.allSettled([ticking]);
    for (const { ending } of running.values()) ending.abort(new WorkEndedError("the monitor stops"));
    await idle();
  }
}

/** Logs a defect in the work. @returns undefined after one. */
export async function attempt<Result>(
  log: FastifyBaseLogger,
  fault: string,
  of: object,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SQLite.SqliteError || error instanceof WorkEndedError) throw error;
    log.error({ err: error, ...of }, fault);
    return undefined;
  }
}
