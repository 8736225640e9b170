import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { LogSearchResult } from "../../protocol/log-lines.ts";

/** It rests three times as long as it works: a quarter of one processor is the most it takes. */
const LIMITS = { ms: 10_000, bytes: 200 * 1024 * 1024, cpuMs: 1_000, restsPerWork: 3 };
/** Timers are too coarse for shorter ones. */
const SHORTEST_REST_MS = 5;

export type SearchLimits = ReturnType<typeof startLimits>;

/** @param signal of who cancels it. @throws when it is cancelled already. */
export function startLimits(signal: AbortSignal, max = LIMITS) {
  signal.throwIfAborted();
  const endsAt = performance.now() + max.ms;
  let bytes = 0;
  let cpuMs = 0;
  let owedMs = 0;
  // Of all threads, as others inflate; the little that is done beside the search counts too.
  let before = process.cpuUsage();

  return {
    signal,
    /** Which was reached; null = none so far. */
    reached(): LogSearchResult["unread"]["limit"] {
      if (bytes >= max.bytes) return "bytes";
      if (cpuMs >= max.cpuMs) return "cpu";
      return performance.now() >= endsAt ? "time" : null;
    },
    /** To be called after each piece of the work: lets others work, and rests. @throws when the search is cancelled. */
    async rest(bytesRead: number): Promise<void> {
      const now = process.cpuUsage();
      const workMs = (now.user - before.user + now.system - before.system) / 1000;
      before = now;
      bytes += bytesRead;
      cpuMs += workMs;
      owedMs += max.restsPerWork * workMs;
      if (owedMs < SHORTEST_REST_MS) await nextTurn();
      else {
        await delay(owedMs, undefined, { signal });
        owedMs = 0;
        before = process.cpuUsage();
      }
      signal.throwIfAborted();
    },
  };
}
