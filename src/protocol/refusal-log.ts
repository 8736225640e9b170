import type { FastifyBaseLogger } from "fastify";

const QUIET_MS = 60_000;
const MAX_ADDRESSES = 100;

/** Logs calls without the right token: the first of an address at once, then one line a minute that counts the others. */
export interface RefusalLog {
  add(address: string, log: FastifyBaseLogger): void;
}

export function createRefusalLog(clock: () => number = performance.now.bind(performance)): RefusalLog {
  /** By address: when it was logged last, and how often it was refused since. */
  const refusals = new Map<string, { loggedAt: number; unlogged: number }>();

  return {
    add(address, log) {
      const now = clock();
      const known = refusals.get(address);
      if (known && now - known.loggedAt < QUIET_MS) {
        known.unlogged += 1;
        return;
      }
      refusals.delete(address);
      const [oldest] = refusals.keys();
      if (oldest !== undefined && refusals.size >= MAX_ADDRESSES) refusals.delete(oldest);
      refusals.set(address, { loggedAt: now, unlogged: 0 });
      log.warn({ ip: address, calls: 1 + (known?.unlogged ?? 0) }, "calls without the right token refused");
    },
  };
}
