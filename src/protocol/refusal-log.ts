import type { FastifyBaseLogger } from "fastify";

const QUIET_MS = 60_000;
const MAX_ADDRESSES = 100;
/** Stands for all addresses without a line of their own. */
const OTHERS = "others";

/** An address's first call is logged at once, then a count every minute. Beyond a hundred addresses the rest share one line. */
export function createRefusalLog(clock: () => number = performance.now.bind(performance)) {
  /** By address, the least recently logged first: when it was logged last, and how often it was refused since. */
  const refusals = new Map<string, { loggedAt: number; unlogged: number }>();

  return {
    add(address: string, log: FastifyBaseLogger): void {
      const now = clock();
      const ip = refusals.has(address) || makeRoom(now) ? address : OTHERS;
      const known = refusals.get(ip);
      if (known && now - known.loggedAt < QUIET_MS) {
        known.unlogged += 1;
        return;
      }
      refusals.delete(ip);
      refusals.set(ip, { loggedAt: now, unlogged: 0 });
      log.warn({ ip, calls: 1 + (known?.unlogged ?? 0) }, "calls without the right token refused");
    },
  };

  /** Forgets the oldest address if its last line is old enough. */
  function makeRoom(now: number): boolean {
    if (refusals.size < MAX_ADDRESSES) return true;
    const [oldest] = [...refusals].filter(([ip]) => ip !== OTHERS);
    if (!oldest || now - oldest[1].loggedAt < QUIET_MS) return false;
    refusals.delete(oldest[0]);
    if (oldest[1].unlogged > 0) countWithOthers(oldest[1].unlogged, now);
    return true;
  }

  function countWithOthers(calls: number, now: number): void {
    const others = refusals.get(OTHERS) ?? { loggedAt: now - QUIET_MS, unlogged: 0 };
    refusals.set(OTHERS, { ...others, unlogged: others.unlogged + calls });
  }
}
