import { EXCHANGING_STATES, FAILING_STATES, type PosServerState } from "./state.ts";

/** A state of history: parking is one too. */
export type HistoryState = PosServerState | "parked";

/** From then on (ms UTC) the POS server was in this state. */
export interface Transition {
  at: number;
  state: HistoryState;
}

/** From then to then, ms UTC. */
export interface Period {
  from: number;
  to: number;
}

/** How long each state lasted, ms. */
export type TimeByState = Partial<Record<HistoryState, number>>;

/** A part of the time and its states; what is missing of its length is time of which nothing is known. */
export interface Segment extends Period {
  timeByState: TimeByState;
}

export interface Availability {
  segments: Segment[];
  timeByState: TimeByState;
  /** The part of the time in which the exchange worked, of that in which it should have; null when there is none. */
  share: number | null;
  /** How often it ceased to work, or had ceased before the time looked at. */
  failures: number;
}

interface Piece extends Period {
  state: HistoryState;
}

/**
 * Measures how well the exchange of a POS server worked.
 * @param transitions oldest first, from the last one before the first bound on.
 * @param runs when the monitor ran, oldest first: nothing is known of any other time.
 * @param bounds of the segments, ascending; the last one is not in the future.
 */
export function measureAvailability(
  transitions: Transition[],
  runs: Period[],
  bounds: number[],
): Availability {
  const segments = segmentsBetween(bounds);
  const timeByState: TimeByState = {};
  let failures = 0;
  let wasFailing = false;
  let firstIndex = 0;
  for (const piece of listPieces(transitions, joinOverlapping(runs))) {
    while ((segments[firstIndex]?.to ?? Number.POSITIVE_INFINITY) <= piece.from) firstIndex += 1;
    let isSeen = false;
    for (let index = firstIndex; ; index += 1) {
      const segment = segments[index];
      const overlapMs = segment ? Math.min(piece.to, segment.to) - Math.max(piece.from, segment.from) : 0;
      if (!segment || overlapMs <= 0) break;
      isSeen = true;
      addTime(segment.timeByState, piece.state, overlapMs);
      addTime(timeByState, piece.state, overlapMs);
    }
    if (!isSeen) continue;
    const isFailing = FAILING_STATES.some((state) => state === piece.state);
    if (isFailing && !wasFailing) failures += 1;
    wasFailing = isFailing;
  }
  return { segments, timeByState, share: shareOf(timeByState), failures };
}

function segmentsBetween(bounds: number[]): Segment[] {
  return bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? to, to, timeByState: {} }));
}

/** Runs of several processes may overlap. */
function joinOverlapping(runs: Period[]): Period[] {
  const joined: Period[] = [];
  for (const { from, to } of runs) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Each state cut by the runs in which it was seen, in order. */
function* listPieces(transitions: Transition[], runs: Period[]): Generator<Piece> {
  let firstIndex = 0;
  for (const [index, { at, state }] of transitions.entries()) {
    const until = transitions[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    while ((runs[firstIndex]?.to ?? Number.POSITIVE_INFINITY) <= at) firstIndex += 1;
    for (let run = firstIndex; (runs[run]?.from ?? Number.POSITIVE_INFINITY) < until; run += 1) {
      const from = Math.max(at, runs[run]?.from ?? at);
      const to = Math.min(until, runs[run]?.to ?? until);
      if (from < to) yield { state, from, to };
    }
  }
}

function addTime(timeByState: TimeByState, state: HistoryState, ms: number): void {
  timeByState[state] = (timeByState[state] ?? 0) + ms;
}

function shareOf(timeByState: TimeByState): number | null {
  const exchangingMs = sumOf(timeByState, EXCHANGING_STATES);
  const failingMs = sumOf(timeByState, FAILING_STATES);
  return exchangingMs + failingMs > 0 ? exchangingMs / (exchangingMs + failingMs) : null;
}

/** How long some states lasted together, ms. */
export function sumOf(timeByState: TimeByState, states: readonly HistoryState[]): number {
  return states.reduce((sumMs, state) => sumMs + (timeByState[state] ?? 0), 0);
}
