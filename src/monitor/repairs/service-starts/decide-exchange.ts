import { SETTING_BOUNDS } from "../../fleet/settings.ts";
import { MAX_DRIFT_MS } from "../../requests/clock-drift.ts";
import { exchangeAfter, type FollowedStatus } from "../commands/restored-exchange.ts";
import type { StartExchange } from "./status.ts";

/** Whoever is polled at all is polled more often. */
const UNPOLLED_FOR_MS = 2 * SETTING_BOUNDS.pollIntervalMs.maximum;

/** A start whose exchange is waited for; times are ms UTC. */
export interface AwaitedStart {
  /** When the POS server may first have been told. */
  toldAt: number;
  /** When it had told that its service runs. */
  knownAt: number;
  /** How long the exchange is waited for from then on. */
  patienceMs: number;
  /** Whether something else has been done to it since, or its polls count no more. */
  isOver: boolean;
}

/** What the last poll says. */
export interface PolledStatus extends FollowedStatus {
  lastPollAt: number | null;
}

export type DecidedExchange =
  | "awaited"
  | { exchange: Extract<StartExchange, "restored">; syncedAt: number }
  /** null: nobody can tell. */
  | { exchange: Extract<StartExchange, "late"> | null; syncedAt: null };

const UNTOLD: DecidedExchange = { exchange: null, syncedAt: null };

/**
 * What became of the exchange after a start, by the last poll. An exchange that came when nobody expected it any more
 * proves nothing: the one after the start may have come long before, unseen. Pure.
 */
export function decideExchange(start: AwaitedStart, polled: PolledStatus, now: number): DecidedExchange {
  const { toldAt, knownAt, patienceMs, isOver } = start;
  // The clock was set back: times before and after cannot be compared.
  if (isOver || knownAt - now > MAX_DRIFT_MS) return UNTOLD;
  const until = knownAt + patienceMs;
  const syncedAt = exchangeAfter(polled, toldAt);
  if (syncedAt !== null) return syncedAt <= until ? { exchange: "restored", syncedAt } : UNTOLD;
  const isPolledSince = polled.lastPollAt !== null && polled.lastPollAt >= until;
  if (isPolledSince) return { exchange: "late", syncedAt: null };
  return now >= until + UNPOLLED_FOR_MS ? UNTOLD : "awaited";
}
