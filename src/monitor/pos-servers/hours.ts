import type { Db } from "../database/schema.ts";
import { EXCHANGING_STATES, type PosServerState, PROBLEM_STATES } from "../fleet/state.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { measureAvailability, type Segment, sumOf, type Transition } from "../history/availability.ts";
import { listRunsSince, listTransitionsOfManySince } from "../history/known-history.ts";
import { boundsOfHours } from "./availability-bounds.ts";

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
  const bounds = boundsOfHours(now);
  const [from = now] = bounds;
  const transitions = await listTransitionsOfManySince(db, posServerIds, from);
  const runs = await listRunsSince(db, from, now);
  const measure = createMeasure(runs, bounds);
  return new Map(posServerIds.map((id) => [id, measure(transitions.get(id) ?? [])]));
}

/** Most POS servers have one state all the time, measured once for each state. */
function createMeasure(runs: TimeSpan[], bounds: number[]): (transitions: Transition[]) => Hour[] {
  const steady = new Map<string, Hour[]>();
  return (transitions) => {
    const [only, second] = transitions;
    const isSteady = only !== undefined && second === undefined && only.at <= (bounds[0] ?? 0);
    const known = isSteady ? steady.get(only.state) : undefined;
    if (known) return known;
    const hours = measureAvailability(transitions, runs, bounds).segments.map(hourOf);
    if (isSteady) steady.set(only.state, hours);
    return hours;
  };
}

function hourOf({ timeByState }: Segment): Hour {
  const failingMs = sumOf(timeByState, PROBLEM_STATES);
  return {
    failingSteps: Math.min(Math.ceil(failingMs / STEP_MS), HOUR_STEPS),
    worst: PROBLEM_STATES.find((state) => timeByState[state]) ?? null,
    isWorking: sumOf(timeByState, EXCHANGING_STATES) > 0,
  };
}
