import { EXCHANGING_STATES, type PosServerState, PROBLEM_STATES, UNKNOWN_STATES } from "../fleet/state.ts";

/** Parking is a state of history too. */
export type HistoryState = PosServerState | "parked";

const UNANSWERED: readonly HistoryState[] = ["pending", "unreachable", "closed", "parked"];

/** From `at` on (ms UTC) the POS server was in this state. */
export interface Transition {
  at: number;
  state: HistoryState;
}

export interface RecordedTransition extends Transition {
  id: number;
}

/** ms UTC. */
export interface TimeSpan {
  from: number;
  to: number;
}

type TimeByState = Partial<Record<HistoryState, number>>;

/** Where its states are shorter than the segment, the rest is unknown. */
export interface Segment extends TimeSpan {
  timeByState: TimeByState;
}

export interface Availability {
  segments: Segment[];
  timeByState: TimeByState;
  /** Of the time in which the exchange should have worked, how much it did (0–1); null when nothing is known. */
  share: number | null;
  /** How often it ceased to work, or had ceased before. */
  failures: number;
}

/** A state for as long as the monitor saw it, with the transition that began it. */
export type Spell<T extends Transition> = T & TimeSpan;

/**
 * For a POS server that was added after `from`: until its first answer it counts as pending, not as unreachable.
 * @param transitions oldest first.
 */
export function withoutFirstWait<T extends Transition>(transitions: T[], from: number): T[] {
  const [added] = transitions;
  if (!added || added.at <= from) return transitions;
  const firstAnswer = transitions.findIndex(({ state }) => !UNANSWERED.includes(state));
  return transitions.map((transition, index) =>
    index < firstAnswer && transition.state === "unreachable"
      ? { ...transition, state: "pending" }
      : transition,
  );
}

/**
 * The states within a span of time; between the spells nothing is known.
 * @param transitions oldest first, from the last one before the span on.
 * @param runs when the monitor ran, oldest first.
 */
export function spellsWithin<T extends Transition>(
  transitions: T[],
  runs: TimeSpan[],
  { from, to }: TimeSpan,
): Spell<T>[] {
  return overlaps(seenSpells(transitions, runs), [{ from, to }], (spell, _part, span) => ({
    ...spell,
    ...span,
  }));
}

/**
 * Measures how well the exchange of a POS server worked.
 * @param transitions oldest first, from the last one before the first bound on.
 * @param runs when the monitor ran, oldest first: all other time is unknown.
 * @param bounds of the segments, ascending; the last one is not in the future.
 * @param hasExchanged see `knownFailures`.
 */
export function measureAvailability(
  transitions: Transition[],
  runs: TimeSpan[],
  bounds: number[],
  hasExchanged = true,
): Availability {
  const segments = segmentsBetween(bounds);
  const seen = seenSpells(transitions, runs);
  const timeByState: TimeByState = {};
  let failures = 0;
  let wasFailing = false;
  overlaps(seen, segments, ({ state }, segment, { from, to }) => {
    addTime(segment.timeByState, state, to - from);
    addTime(timeByState, state, to - from);
    const isFailing = PROBLEM_STATES.some((failing) => failing === state);
    if (isFailing && !wasFailing) failures += 1;
    wasFailing = isFailing;
  });
  return { segments, timeByState, share: shareOf(timeByState, hasExchanged), failures };
}

function segmentsBetween(bounds: number[]): Segment[] {
  return bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? to, to, timeByState: {} }));
}

function seenSpells<T extends Transition>(transitions: T[], runs: TimeSpan[]): Spell<T>[] {
  return overlaps(spellsOf(transitions), joinOverlapping(runs), (spell, _run, span) => ({
    ...spell,
    ...span,
  }));
}

function spellsOf<T extends Transition>(transitions: T[]): Spell<T>[] {
  return transitions.map((transition, index) => ({
    ...transition,
    from: transition.at,
    to: transitions[index + 1]?.at ?? Number.POSITIVE_INFINITY,
  }));
}

/** Runs of several processes may overlap. */
function joinOverlapping(runs: TimeSpan[]): TimeSpan[] {
  const joined: TimeSpan[] = [];
  for (const { from, to } of runs) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

function overlaps<A extends TimeSpan, B extends TimeSpan, T>(
  ones: A[],
  others: B[],
  take: (one: A, other: B, span: TimeSpan) => T,
): T[] {
  const taken: T[] = [];
  const [rest, otherRest] = [ones.values(), others.values()];
  let one = rest.next().value;
  let other = otherRest.next().value;
  while (one && other) {
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
    if (from < to) taken.push(take(one, other, { from, to }));
    if (one.to < other.to) one = rest.next().value;
    else other = otherRest.next().value;
  }
  return taken;
}

function addTime(timeByState: TimeByState, state: HistoryState, ms: number): void {
  timeByState[state] = (timeByState[state] ?? 0) + ms;
}

function shareOf(timeByState: TimeByState, hasExchanged: boolean): number | null {
  const exchangingMs = sumOf(timeByState, EXCHANGING_STATES);
  if (exchangingMs + sumOf(timeByState, knownFailures(hasExchanged)) === 0) return null;
  return exchangingMs / (exchangingMs + sumOf(timeByState, PROBLEM_STATES));
}

/**
 * The problems in which the exchange is known not to work.
 * @param hasExchanged whether any exchange is known: before the first one in the log, a silent log proves nothing.
 */
export function knownFailures(hasExchanged: boolean): PosServerState[] {
  return PROBLEM_STATES.filter(
    (state) => !UNKNOWN_STATES.includes(state) && (hasExchanged || state !== "sync_stale"),
  );
}

/** How long some states lasted together, ms. */
export function sumOf(timeByState: TimeByState, states: readonly HistoryState[]): number {
  return states.reduce((sumMs, state) => sumMs + (timeByState[state] ?? 0), 0);
}
