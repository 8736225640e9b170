import type { FastifyBaseLogger } from "fastify";
import type { Kysely } from "kysely";
import pLimit from "p-limit";
import type { Database } from "../database/schema.ts";
import type { PosClient, PosServer } from "../pos-client/client.ts";
import type { Fleet } from "../pos-servers/fleet.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { listPollTargets, type PollTarget, readRegistryRevision } from "./poll-targets.ts";
import { createResultWriter } from "./result-writer.ts";
import { savePollResults } from "./save-results.ts";
import { createSchedule } from "./schedule.ts";

/** POS servers polled at once. Those that failed last time have places of their own, so that dead ones never fill the healthy ones'. */
const HEALTHY_LANE_PLACES = 400;
const FAILING_LANE_PLACES = 200;
/** Ticks come every second; without one for this long something is wrong. */
const STALLED_AFTER_MS = 60_000;

export interface PollerDependencies {
  db: Kysely<Database>;
  client: PosClient;
  fleet: Fleet;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock: () => number;
}

/** Polls the fleet; whoever calls `tick` about once a second is its clock. */
export interface Poller {
  /** Starts the polls that are due and returns without waiting for them; a tick during a tick does nothing. */
  tick(): Promise<void>;
  /** Makes one POS server due at once; it is polled with the next tick. */
  hurry(posServerId: number): void;
  /** Resolves when no poll is under way and all results are saved. */
  idle(): Promise<void>;
  stats(): PollerStats;
  /** Since when polls are not started or not saved, ms UTC; null while all is well. */
  stalledSince(): number | null;
  /** Starts no more polls, and saves those that end within the time given. */
  stop(graceMs: number): Promise<void>;
}

export interface PollerStats {
  polled: number;
  failed: number;
  inFlight: number;
  /** Longest time from being due to being started since the last call, ms. */
  maxLatenessMs: number;
}

export function createPoller({ db, client, fleet, secretBox, log, clock }: PollerDependencies): Poller {
  const schedule = createSchedule();
  const healthyLane = pLimit(HEALTHY_LANE_PLACES);
  const failingLane = pLimit(FAILING_LANE_PLACES);
  const inFlight = new Set<Promise<void>>();
  let targets = new Map<number, PollTarget>();
  let settings: Settings | null = null;
  let revision: number | null = null;
  let isTicking = false;
  let isStopped = false;
  let lastTickAt: number | null = null;
  let unsavedSince: number | null = null;
  let stats = { polled: 0, failed: 0, maxLatenessMs: 0 };

  const writer = createResultWriter(
    async (results) => {
      const rules = await fleet.stateRules();
      const statuses = await savePollResults(db, results, rules);
      unsavedSince = null;
      fleet.statusesChanged();
      for (const status of statuses) schedule.finish(status.pos_server_id, status.failed_polls, clock());
    },
    (error) => {
      unsavedSince ??= clock();
      log.error({ err: error }, "Poll results could not be saved; trying again");
    },
  );

  return { tick, hurry, idle, stats: readStats, stalledSince, stop };

  async function tick(): Promise<void> {
    if (isTicking || isStopped) return;
    isTicking = true;
    try {
      await followRegistry();
      const now = clock();
      lastTickAt = now;
      for (const id of schedule.takeDue(now)) startPoll(id, now);
    } finally {
      isTicking = false;
    }
  }

  async function followRegistry(): Promise<void> {
    settings = await readSettings(db);
    const current = await readRegistryRevision(db);
    if (current === revision) return;
    const { pollIntervalMs: standardIntervalMs } = settings;
    const listed = await listPollTargets(db);
    const before = targets;
    targets = new Map(listed.map((target) => [target.id, target]));
    for (const [id, target] of before) {
      if (!isSameTarget(target, targets.get(id))) client.forget(id);
    }
    client.setFleetSize(targets.size);
    schedule.setEntries(
      listed.map(({ id, pollIntervalMs, failedPolls }) => ({
        id,
        intervalMs: pollIntervalMs ?? standardIntervalMs,
        failedPolls,
      })),
      clock(),
    );
    revision = current;
    fleet.registryChanged();
  }

  function startPoll(id: number, now: number): void {
    const target = targets.get(id);
    if (!target) return;
    stats.maxLatenessMs = Math.max(stats.maxLatenessMs, now - schedule.dueAt(id));
    const lane = schedule.failedPolls(id) > 0 ? failingLane : healthyLane;
    const poll = lane(() => pollTarget(target)).finally(() => inFlight.delete(poll));
    inFlight.add(poll);
  }

  async function pollTarget(target: PollTarget): Promise<void> {
    if (isStopped) return;
    try {
      const outcome = await client.fetchStatus(toPosServer(target, secretBox));
      stats.polled++;
      if (!outcome.ok) stats.failed++;
      const isStillRegistered = isSameTarget(target, targets.get(target.id));
      if (isStillRegistered) writer.add({ posServerId: target.id, outcome });
      else schedule.finish(target.id, 0, clock());
    } catch (error) {
      log.error({ err: error, posServerId: target.id }, "A poll ended with an unexpected error");
      schedule.finish(target.id, schedule.failedPolls(target.id), clock());
    }
  }

  function hurry(posServerId: number): void {
    schedule.hurry(posServerId, clock());
  }

  async function idle(): Promise<void> {
    while (inFlight.size > 0) await Promise.allSettled(inFlight);
    await writer.flush();
  }

  function readStats(): PollerStats {
    const read = { ...stats, inFlight: inFlight.size };
    stats = { ...stats, maxLatenessMs: 0 };
    return read;
  }

  function stalledSince(): number | null {
    if (unsavedSince !== null) return unsavedSince;
    return lastTickAt !== null && clock() - lastTickAt > STALLED_AFTER_MS ? lastTickAt : null;
  }

  async function stop(graceMs: number): Promise<void> {
    isStopped = true;
    healthyLane.clearQueue();
    failingLane.clearQueue();
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([idle(), grace.promise]);
    clearTimeout(timer);
    await writer.flush();
  }
}

function isSameTarget(target: PollTarget, other: PollTarget | undefined): boolean {
  return (
    other !== undefined &&
    target.address === other.address &&
    target.identity === other.identity &&
    target.fingerprint === other.fingerprint &&
    target.crmId === other.crmId &&
    Buffer.compare(target.sealedToken ?? Buffer.alloc(0), other.sealedToken ?? Buffer.alloc(0)) === 0
  );
}

function toPosServer(target: PollTarget, secretBox: SecretBox): PosServer {
  return {
    id: target.id,
    address: target.address,
    token: target.sealedToken && secretBox.open(target.sealedToken),
    fingerprint: target.fingerprint,
    posServerId: target.identity,
    crmId: target.crmId,
  };
}
