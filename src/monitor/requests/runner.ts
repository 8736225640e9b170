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

/** An open row. Rows of one share, such as those of one user, take turns with other shares. */
export interface Claimable {
  id: number;
  share: string;
}

export interface RunnerOptions {
  db: Db;
  table: ClaimedTable;
  places: number;
  /** The most places that one share may have. */
  placesEach: number;
  /** Rows to work on now, those of each share in their order; claimed ones do no harm. */
  listClaimable: () => Promise<readonly Claimable[]>;
  /**
   * Works on a claimed row as far as possible now; an unfinished row is claimed again, also after a restart. Expected
   * failures go into the row; a rejection is a defect, except the `WorkEndedError` by which the signal ends the work.
   */
  work: (id: number, signal: AbortSignal) => Promise<void>;
  log: FastifyBaseLogger;
  monotonicClock: () => number;
}

export type Runner = ReturnType<typeof createRunner>;

/** Works through the rows of a request table, all shares in turn. Call `tick` about once a second. */
export function createRunner(options: RunnerOptions) {
  const { db, table, places, placesEach, listClaimable, work, log, monotonicClock } = options;
  const running = new Map<number, { share: string; ending: AbortController; ended: Promise<void> }>();
  /** The number of each share's last turn. */
  const lastTurns = new Map<string, number>();
  let turns = 0;
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
    const free = (await listClaimable()).filter(({ id }) => !running.has(id) && !keptUntil.has(id));
    const queues = Map.groupBy(free, ({ share }) => share);
    while (!isStopped && running.size < places) {
      const next = takeNext(queues);
      if (!next) return;
      if (await claimRequest(db, table, next.id)) start(next);
    }
  }

  /** Takes the next row of the share with the fewest places; ties go to the longest wait. undefined = no share may start. */
  function takeNext(queues: Map<string, Claimable[]>): Claimable | undefined {
    const placesOf = (share: string) => [...running.values()].filter((one) => one.share === share).length;
    const turnOf = (share: string) => lastTurns.get(share) ?? 0;
    const [share = ""] = [...queues.keys()]
      .filter((share) => placesOf(share) < placesEach)
      .sort((one, other) => placesOf(one) - placesOf(other) || turnOf(one) - turnOf(other));
    const [next, ...later] = queues.get(share) ?? [];
    if (later.length > 0) queues.set(share, later);
    else queues.delete(share);
    return next;
  }

  function start({ id, share }: Claimable): void {
    turns += 1;
    lastTurns.set(share, turns);
    const ending = new AbortController();
    const ended = carryOut(id, ending.signal).finally(() => {
      running.delete(id);
      if (!isStopped) wake();
    });
    running.set(id, { share, ending, ended });
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
