import { HOUR_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import { EXCHANGING_STATES, type PosServerState, PROBLEM_STATES } from "../fleet/state.ts";
import { joinOverlapping, type TimeSpan } from "../fleet/time-spans.ts";
import type { Transition } from "../history/availability.ts";
import { listRunsSince, listTransitionsOfManySince } from "../history/known-history.ts";

const DAY_HOURS = 24;
const STEP_MS = 5 * 60_000;
export const HOUR_STEPS = 12;

/** An hour of a POS server's last 24, in steps of five minutes. */
export interface Hour {
  /** Steps without exchange; one that was in part without it counts whole. */
  failingSteps: number;
  /** The worst problem; null = none. */
  worst: PosServerState | null;
  isWorking: boolean;
}

/** Reads how the exchange of POS servers worked in each of the last 24 hours up to `now` (ms UTC), oldest first. */
export async function readHours(db: Db, posServerIds: number[], now: number): Promise<Map<number, Hour[]>> {
  const from = startOfHours(now);
  const transitions = await listTransitionsOfManySince(db, posServerIds, from);
  const runs = joinOverlapping(await listRunsSince(db, from, now));
  const measure = createMeasure(runs, from, now);
  return new Map(posServerIds.map((id) => [id, measure(transitions.get(id) ?? [])]));
}

/** The beginning of the last 24 hours of the clock, of which the last one goes on, ms UTC. */
export function startOfHours(now: number): number {
  return (Math.ceil(now / HOUR_MS) - DAY_HOURS) * HOUR_MS;
}

/** Most POS servers have one state all the time, measured once for each state. */
function createMeasure(runs: TimeSpan[], from: number, now: number): (transitions: Transition[]) => Hour[] {
  const steady = new Map<string, Hour[]>();
  return (transitions) => {
    const [only, second] = transitions;
    const isSteady = only !== undefined && second === undefined && only.at <= from;
    const known = isSteady ? steady.get(only.state) : undefined;
    if (known) return known;
    const hours = measureHours(transitions, runs, from, now);
    if (isSteady) steady.set(only.state, hours);
    return hours;
  };
}

/**
 * @param transitions oldest first, from the last one before `from` on.
 * @param runs when the monitor ran, oldest first, apart from each other: all other time is unknown.
 */
export function measureHours(transitions: Transition[], runs: TimeSpan[], from: number, now: number): Hour[] {
  const hours = Array.from({ length: DAY_HOURS }, () => ({
    failingMs: 0,
    worst: PROBLEM_STATES.length,
    isWorking: false,
  }));
  for (const [index, { at, state }] of transitions.entries()) {
    const rank = (PROBLEM_STATES as readonly string[]).indexOf(state);
    const isWorking = EXCHANGING_STATES.some((exchanging) => exchanging === state);
    if (rank < 0 && !isWorking) continue;
    const until = Math.min(transitions[index + 1]?.at ?? now, now);
    for (const run of runs) {
      const to = Math.min(until, run.to);
      for (let start = Math.max(at, run.from, from); start < to; ) {
        const number = Math.floor((start - from) / HOUR_MS);
        const end = Math.min(from + (number + 1) * HOUR_MS, to);
        const hour = hours[number];
        if (hour && isWorking) hour.isWorking = true;
        else if (hour) {
          hour.failingMs += end - start;
          hour.worst = Math.min(hour.worst, rank);
        }
        start = end;
      }
    }
  }
  return hours.map(({ failingMs, worst, isWorking }) => ({
    failingSteps: Math.min(Math.ceil(failingMs / STEP_MS), HOUR_STEPS),
    worst: PROBLEM_STATES[worst] ?? null,
    isWorking,
  }));
}
