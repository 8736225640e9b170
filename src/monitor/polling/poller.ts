import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { FastifyBaseLogger } from "fastify";
import pLimit from "p-limit";
import type { Db } from "../database/schema.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { readSettings, type Settings } from "../installation/settings.ts";
import { failureOf } from "../pos-client/calls/failure.ts";
import type { PosClient, StatusOutcome } from "../pos-client/client.ts";
import { openToken } from "../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import type { MomentaryAbsences } from "./momentary-absence.ts";
import type { OwnNetwork } from "./own-network/own-network.ts";
import { isSameTarget, listPollTargets, type PollTarget, readRegistryRevision } from "./poll-targets.ts";
import { createResultWriter, createSavingTrouble } from "./result-writer.ts";
import { type PollResult, savePollResults } from "./save-results.ts";
import { createSchedule } from "./schedule.ts";

/** Polls at once. POS servers that failed last time have places of their own, so that they never block healthy ones. */
const HEALTHY_LANE_PLACES = 400;
const FAILING_LANE_PLACES = 200;
/** Ticks come every second; after so long without one something is wrong. */
const STALLED_AFTER_MS = 60_000;
const SLICE_SIZE = 25;
const SLICES_MS = 700;

export interface PollerDependencies {
  db: Db;
  client: PosClient;
  absences: MomentaryAbsences;
  ownNetwork: Pick<OwnNetwork, "isInconclusive">;
  fleet: Fleet;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
  clock: () => number;
  monotonicClock: () => number;
}

export type Poller = ReturnType<typeof createPoller>;

/** Polls the fleet. Call `tick` about once a second. */
export function createPoller(dependencies: PollerDependencies) {
  const { db, client, absences, ownNetwork, fleet, secretBox, log, clock, monotonicClock } = dependencies;
  const schedule = createSchedule();
  const savingTrouble = createSavingTrouble(log, monotonicClock);
  const healthyLane = pLimit(HEALTHY_LANE_PLACES);
  const failingLane = pLimit(FAILING_LANE_PLACES);
  const inFlight = new Set<Promise<void>>();
  const startsUnderWay = new Set<Promise<void>>();
  const dueSoon = new Set<number>();
  /** By what they are sealed in. */
  const tokens = new Map<string, string | null>();
  let targets = new Map<number, PollTarget>();
  let settings: Settings | null = null;
  let revision: number | null = null;
  let isTicking = false;
  let isStopped = false;
  /** By the monotonic clock. */
  let lastTickAt: number | null = null;
  let stats = { polled: 0, failed: 0, maxLatenessMs: 0 };
  /** Of all polls so far: `ok`, or the code of the failure. */
  const outcomes = new Map<string, number>();

  const writer = createResultWriter<PollResult>(async (results) => {
    const rules = await fleet.stateRules();
    const { statuses } = await savePollResults(db, results, rules);
    savingTrouble.end();
    for (const { posServerId: id, failedPolls } of statuses)
      schedule.finish(id, failedPolls, clock(), isConnected(id));
  }, savingTrouble.begin);

  const read = { stats: readStats, outcomes: () => new Map(outcomes), stalledSince };
  return { tick, pollSoon, noteConnected, recover, nextPollAt, idle, ...read, stop };

  /** Starts due polls without waiting for their end; does nothing while another tick runs. */
  async function tick(): Promise<void> {
    if (isTicking || isStopped) return;
    isTicking = true;
    lastTickAt ??= monotonicClock();
    try {
      await followRegistry();
      const now = clock();
      lastTickAt = monotonicClock();
      for (const id of dueSoon) schedule.makeDue(id, now);
      dueSoon.clear();
      const start = inSlices(schedule.takeDue(now), startPoll, () => isStopped).finally(() =>
        startsUnderWay.delete(start),
      );
      startsUnderWay.add(start);
    } finally {
      isTicking = false;
    }
  }

  async function followRegistry(): Promise<void> {
    const currentSettings = await readSettings(db);
    const currentRevision = await readRegistryRevision(db);
    if (currentRevision === revision && isDeepStrictEqual(currentSettings, settings)) return;
    const listed = await listPollTargets(db);
    const before = targets;
    targets = new Map(listed.map((target) => [target.id, target]));
    const changed = [...before].filter(([id, target]) => !isSameTarget(target, targets.get(id)));
    for (const [id, target] of changed) {
      client.forget(target);
      absences.forget(id);
      tokens.delete(target.sealedToken);
    }
    client.setFleetSize(targets.size);
    schedule.setEntries(
      listed.map(({ id, pollIntervalMs, failedPolls }) => ({
        id,
        intervalMs: pollIntervalMs ?? currentSettings.pollIntervalMs,
        failedPolls,
      })),
      clock(),
    );
    for (const [id] of changed) schedule.makeDue(id, clock());
    settings = currentSettings;
    revision = currentRevision;
  }

  function startPoll(id: number): void {
    const target = targets.get(id);
    if (!target) return;
    stats.maxLatenessMs = Math.max(stats.maxLatenessMs, clock() - schedule.dueAt(id));
    const lane = schedule.failedPolls(id) > 0 ? failingLane : healthyLane;
    const poll = lane(() => pollTarget(target)).finally(() => inFlight.delete(poll));
    inFlight.add(poll);
  }

  async function pollTarget(target: PollTarget): Promise<void> {
    if (isStopped) return;
    const outcome = await fetchStatus(target).catch((error: unknown): StatusOutcome => {
      if (!isStopped)
        log.error({ err: error, posServerId: target.id }, "A poll ended with an unexpected error");
      return { ok: false, failure: failureOf("unexpected", ""), receivedAt: clock() };
    });
    if (isStopped && isDefect(outcome)) return; // stopping closes the client, which ends what still hangs
    const isMomentary = absences.note(target.id, outcome, schedule.intervalMs(target.id));
    if (isMomentary || (await ownNetwork.isInconclusive(outcome))) {
      schedule.finish(target.id, schedule.failedPolls(target.id), clock());
      return;
    }
    stats.polled++;
    if (!outcome.ok) stats.failed++;
    const said = outcome.ok ? "ok" : outcome.failure.code;
    outcomes.set(said, (outcomes.get(said) ?? 0) + 1);
    const isStillRegistered = isSameTarget(target, targets.get(target.id));
    if (isStillRegistered) writer.add({ posServerId: target.id, outcome });
    else schedule.finish(target.id, 0, clock());
  }

  async function fetchStatus(target: PollTarget): Promise<StatusOutcome> {
    const { id, connection, address, sealedToken, fingerprint, identity: posServerId, crmId } = target;
    let token = tokens.get(sealedToken);
    if (token === undefined) {
      const opened = openToken(secretBox, sealedToken === "" ? null : Buffer.from(sealedToken, "hex"));
      if (!opened.ok) {
        const about = { err: opened.cause, posServerId: id };
        log.warn(about, "A stored token cannot be read with the key of this data folder");
        return { ok: false, failure: opened.failure, receivedAt: clock() };
      }
      token = opened.token;
      tokens.set(sealedToken, token);
    }
    return await client.fetchStatus({ id, connection, address, token, fingerprint, posServerId, crmId });
  }

  function isConnected(posServerId: number): boolean {
    return client.agents.find(posServerId) !== null;
  }

  function pollSoon(posServerId: number): void {
    dueSoon.add(posServerId);
  }

  /** Its agent has dialled in: polls it with the next tick, if its last poll failed. */
  function noteConnected(posServerId: number): void {
    if (absences.isMissed(posServerId) || schedule.failedPolls(posServerId) > 0) pollSoon(posServerId);
  }

  /** It answered in another way: it is polled at its usual interval again. */
  function recover(posServerId: number): void {
    schedule.recover(posServerId, clock());
  }

  /** ms UTC; now during its poll, null when it is not polled. */
  function nextPollAt(posServerId: number): number | null {
    if (!targets.has(posServerId)) return null;
    return schedule.isBeingPolled(posServerId) ? clock() : schedule.dueAt(posServerId);
  }

  async function idle(): Promise<void> {
    while (startsUnderWay.size + inFlight.size > 0) {
      await Promise.allSettled([...startsUnderWay, ...inFlight]);
    }
    await writer.flush();
  }

  /** `maxLatenessMs`: since the last call, the longest delay of a start. */
  function readStats() {
    const read = { ...stats, outcomes, inFlight: inFlight.size };
    stats = { ...stats, maxLatenessMs: 0 };
    return read;
  }

  /** Since when polls are not started or not saved, ms UTC; null = all is well. */
  function stalledSince(): number | null {
    const now = monotonicClock();
    const isLate = lastTickAt !== null && now - lastTickAt > STALLED_AFTER_MS;
    const since = savingTrouble.since() ?? (isLate ? lastTickAt : null);
    // Keeps the age right when the clock was set meanwhile.
    return since === null ? null : Math.round(clock() - (now - since));
  }

  /** Starts no more polls, and saves those that end within `graceMs`. */
  async function stop(graceMs: number): Promise<void> {
    isStopped = true;
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    await Promise.race([idle(), grace.promise]);
    clearTimeout(timer);
    await writer.flush();
  }
}

function isDefect(outcome: StatusOutcome): boolean {
  return !outcome.ok && outcome.failure.code === "unexpected";
}

/** Slices over most of a second let pages be answered in between. */
async function inSlices(
  ids: readonly number[],
  act: (id: number) => void,
  isStopped: () => boolean,
): Promise<void> {
  const beganAt = performance.now();
  for (let start = 0; start < ids.length && !isStopped(); start += SLICE_SIZE) {
    const startsAt = beganAt + (SLICES_MS * start) / ids.length;
    if (start > 0) await delay(Math.max(startsAt - performance.now(), 0));
    for (const id of ids.slice(start, start + SLICE_SIZE)) act(id);
  }
}
