import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import { readSettings } from "../../installation/settings.ts";
import type { FailureCode } from "../../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../pos-client/client.ts";
import { type ReachWitness, readWitnesses } from "./witnesses.ts";

/** Polls may fail like this when the monitor has no network. */
const OF_NETWORK: readonly FailureCode[] = [
  "not_connected",
  "dns",
  "connect_refused",
  "connect_timeout",
  "response_timeout",
];
/** How long one answer of the witnesses holds. */
const FRESH_MS = 5_000;
/** Agents that dial out are back within this time after the network. */
const AGENTS_BACK_WITHIN_MS = 3 * 60_000;

export type OwnNetwork = ReturnType<typeof createOwnNetwork>;

interface OwnNetworkDependencies {
  db: Db;
  reach: ReachWitness;
  log: FastifyBaseLogger;
  clock: () => number;
  monotonicClock: () => number;
}

/** Knows by witnesses whether the monitor's own network is gone. */
export function createOwnNetwork(dependencies: OwnNetworkDependencies) {
  const { db, reach, log, clock, monotonicClock } = dependencies;
  let goneSince: number | null = null;
  let look: { at: number; isThere: Promise<boolean> } | null = null;
  /** By the monotonic clock. */
  let agentsAwaitedUntil = Number.NEGATIVE_INFINITY;

  return {
    /** Whether a failed poll says nothing about its POS server, since no witness answers either. */
    async isInconclusive(outcome: StatusOutcome): Promise<boolean> {
      if (outcome.ok || !OF_NETWORK.includes(outcome.failure.code)) return false;
      if (!(await isThere())) return true;
      return outcome.failure.code === "not_connected" && monotonicClock() < agentsAwaitedUntil;
    },
    async tick(): Promise<void> {
      if (goneSince !== null) await isThere();
    },
    /** Since when it is gone, ms UTC; null = it works, or there are no witnesses. */
    goneSince: () => goneSince,
  };

  function isThere(): Promise<boolean> {
    const now = monotonicClock();
    if (look && now - look.at < FRESH_MS) return look.isThere;
    const current = { at: now, isThere: lookNow() };
    current.isThere.catch(() => {
      if (look === current) look = null;
    });
    look = current;
    return current.isThere;
  }

  async function lookNow(): Promise<boolean> {
    const read = readWitnesses((await readSettings(db)).witnesses);
    const witnesses = "witnesses" in read ? read.witnesses : [];
    const answers = await Promise.all(witnesses.map(reach));
    const isNowThere = witnesses.length === 0 || answers.includes(true);
    await note(isNowThere);
    return isNowThere;
  }

  async function note(isNowThere: boolean): Promise<void> {
    if (isNowThere === (goneSince === null)) return;
    const now = clock();
    if (isNowThere) {
      await endNetworkOutages(db, now);
      goneSince = null;
      agentsAwaitedUntil = monotonicClock() + AGENTS_BACK_WITHIN_MS;
      log.info("A witness answers again: polls count");
      return;
    }
    await beginNetworkOutage(db, now);
    goneSince = now;
    log.warn("No witness answers: the network of this machine is gone, and polls that fail do not count");
  }
}

/** Of the monitor's own network. @returns the id of the outage. */
async function beginNetworkOutage(db: Db, beganAt: number): Promise<number> {
  const { id } = await db
    .insertInto("networkOutage")
    .values({ beganAt })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Ends all: a process that ended during one may have left it open. */
export async function endNetworkOutages(db: Db, now: number): Promise<void> {
  await db
    .updateTable("networkOutage")
    .set(({ fn, ref, val }) => ({ endedAt: fn<number>("max", [ref("beganAt"), val(now)]) }))
    .where("endedAt", "is", null)
    .execute();
}

/** Those that lasted until `from` (ms UTC) or longer, oldest first; `endedAt` null = it still lasts. */
export async function listNetworkOutages(db: Db, from: number) {
  return await db
    .selectFrom("networkOutage")
    .select(["beganAt", "endedAt"])
    .where(({ or, eb }) => or([eb("endedAt", "is", null), eb("endedAt", ">=", from)]))
    .orderBy("beganAt")
    .execute();
}
