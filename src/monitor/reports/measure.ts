import { LRUCache } from "lru-cache";
import type { Cause } from "../fleet/cause-catalogue.ts";
import { adviceOnExample, exampleOfChange } from "../fleet/cause-example.ts";
import { EXCHANGING_STATES, PROBLEM_STATES } from "../fleet/state.ts";
import { overlapsOf, type TimeSpan } from "../fleet/time-spans.ts";
import {
  type Failure,
  failuresOf,
  type HistoryState,
  measureAvailability,
  type Spell,
  spellsWithin,
  sumOf,
  withoutFirstWait,
} from "../history/availability.ts";
import { restoredMs } from "../repairs/commands/restored-exchange.ts";
import type { History, HistoryChange } from "./histories.ts";

/** ms in which the exchange worked, and in which it did not. */
export interface Times {
  workedMs: number;
  lostMs: number;
}

interface MeasuredFailure {
  cause: Cause;
  /** Within the period. */
  lostMs: number;
  /** Also before it. */
  wholeMs: number;
  isRecovered: boolean;
}

const WHY_UNKNOWN = ["sync_stale", "parked", "pending", "unreachable", "unsupported", "closed"] as const;
type WhyUnknown = (typeof WHY_UNKNOWN)[number] | "no_data";

/** What a report says of one POS server. */
export interface Measured extends Times {
  posServerId: number;
  name: string;
  organizationName: string;
  /** Of the parts of the period. */
  parts: Times[];
  failures: MeasuredFailure[];
  /** Of its resets; null = no exchange was seen after that one. */
  resetsMs: (number | null)[];
  /** Why nothing is known of its exchange; null = it counts. */
  unknownFor: WhyUnknown | null;
}

/**
 * Measures a POS server within a period: only opening hours in which the monitor ran count.
 * @param runs when it ran, oldest first.
 * @param bounds of the parts of the period, ascending.
 * @param since a failure that lasts into the period is followed back until then, ms UTC.
 */
export function measureHistory(
  history: History,
  runs: readonly TimeSpan[],
  bounds: number[],
  since: number,
): Measured {
  const { posServerId, name, organizationName, organizationSince, hasExchanged, resets } = history;
  const [begin = 0] = bounds;
  const end = bounds.at(-1) ?? begin;
  const within = { from: Math.max(begin, organizationSince), to: end };
  const whole = { from: Math.max(since, organizationSince), to: end };
  const open = whole.from < whole.to ? history.openSpans(whole) : [];
  const seen = overlapsOf(runs, open, (_run, _open, span) => span);
  const counted = overlapsOf(seen, [within], (_seen, _within, span) => span);
  const changes = withoutFirstWait(history.changes, since);
  const { segments, timeByState, share } = measureAvailability(changes, counted, bounds, hasExchanged);
  const lostMs = sumOf(timeByState, PROBLEM_STATES);
  // One that has worked before and does not answer at all has no exchange.
  const isCounted = share !== null || (hasExchanged && lostMs > 0);
  const timesOf = (times: typeof timeByState): Times => ({
    workedMs: sumOf(times, EXCHANGING_STATES),
    lostMs: sumOf(times, PROBLEM_STATES),
  });
  const isWithin = ({ resetAt }: { resetAt: number }) => resetAt >= within.from && resetAt < within.to;
  return {
    posServerId,
    name,
    organizationName,
    ...timesOf(isCounted ? timeByState : {}),
    parts: segments.map((segment) => timesOf(isCounted ? segment.timeByState : {})),
    failures: isCounted
      ? failuresOf(spellsWithin(changes, seen, whole))
          .map((failure) => measureFailure(failure, within))
          .filter(({ lostMs }) => lostMs > 0)
      : [],
    resetsMs: resets.filter(isWithin).map(restoredMs),
    unknownFor: isCounted ? null : open.length === 0 ? "closed" : whyUnknown(timeByState),
  };
}

/** By the cause that it had for longest. */
function measureFailure({ spells, isRecovered }: Failure<HistoryChange>, within: TimeSpan): MeasuredFailure {
  const msByCause = new Map<Cause, number>();
  for (const spell of spells) {
    const cause = causeOf(spell);
    msByCause.set(cause, (msByCause.get(cause) ?? 0) + spell.to - spell.from);
  }
  const [longest] = [...msByCause].sort(([, one], [, other]) => other - one);
  const lost = overlapsOf(spells, [within], (_spell, _within, span) => span);
  return {
    cause: longest?.[0] ?? "exchange_failed",
    lostMs: lengthOf(lost),
    wholeMs: lengthOf(spells),
    isRecovered,
  };
}

function lengthOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Looking a text up in all patterns takes longer than all else. */
const causes = new LRUCache<string, Cause, HistoryChange>({
  max: 2_000,
  memoMethod: (_key, _stale, { context: { state, causeKey, detail } }) => {
    const example = state === "parked" ? null : exampleOfChange({ state, causeKey, detail });
    return (example && adviceOnExample(example, false)?.cause) ?? "exchange_failed";
  },
});

function causeOf(spell: Spell<HistoryChange>): Cause {
  const { state, causeKey, detail } = spell;
  return causes.memo(JSON.stringify([state, causeKey, detail]), { context: spell });
}

/** The state that it was in for longest. */
function whyUnknown(timeByState: Partial<Record<HistoryState, number>>): WhyUnknown {
  const reasons = WHY_UNKNOWN.filter((state) => (timeByState[state] ?? 0) > 0);
  const [longest] = reasons.sort((one, other) => (timeByState[other] ?? 0) - (timeByState[one] ?? 0));
  return longest ?? "no_data";
}
