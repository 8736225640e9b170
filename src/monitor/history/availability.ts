import { COMES_BACK_WITHIN_MS, FLAPS_FROM_FAILURES } from "../fleet/flapping.ts";
import { EXCHANGING_STATES, type PosServerState, PROBLEM_STATES, UNKNOWN_STATES } from "../fleet/state.ts";
import { joinOverlapping, overlapsOf, type TimeSpan } from "../fleet/time-spans.ts";

/** Parking is a state of history too. */
export type HistoryState = PosServerState | "parked";

const UNANSWERED: readonly HistoryState[] = ["pending", "unreachable", "closed", "parked"];

const NEUTRAL: readonly HistoryState[] = ["pending", "closed"];

/** From `at` on (ms UTC) the POS server was in this state. */
export interface Transition {
  at: number;
  state: HistoryState;
}

export interface RecordedTransition extends Transition {
  id: number;
}

type TimeByState = Partial<Record<HistoryState, number>>;

/** Where its states are shorter than the segment, the rest is unknown. */
export interface Segment extends TimeSpan {
  timeByState: TimeByState;
}

export type Availability = ReturnType<typeof measureAvailability>;

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
  return overlapsOf(seenSpells(transitions, runs), [{ from, to }], (spell, _part, span) => ({
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
) {
  const segments = segmentsBetween(bounds);
  const seen = seenSpells(transitions, runs);
  const timeByState: TimeByState = {};
  const spells = overlapsOf(seen, segments, ({ state }, segment, { from, to }) => {
    addTime(segment.timeByState, state, to - from);
    addTime(timeByState, state, to - from);
    return { state, at: from, from, to };
  });
  const failures = failuresOf(spells).length;
  return { segments, timeByState, share: shareOf(timeByState, hasExchanged), failures };
}

/** A time without exchange, with the spells of its problems. */
export interface Failure<T extends Transition> {
  spells: Spell<T>[];
  /** How often, if it flapped: then it is one failure. */
  times: number;
  /** Whether an exchange ended it. */
  isRecovered: boolean;
}

/**
 * Not knowing, waiting for a poll and being closed do not end a failure, and what flaps is one.
 * @param spells oldest first.
 * @param states that are failures.
 */
export function failuresOf<T extends Transition>(
  spells: readonly Spell<T>[],
  states: readonly HistoryState[] = PROBLEM_STATES,
): Failure<T>[] {
  const failures: Failure<T>[] = [];
  let present: Failure<T> | null = null;
  for (const spell of spells) {
    if (states.includes(spell.state)) {
      if (!present) {
        present = { spells: [], times: 1, isRecovered: false };
        failures.push(present);
      }
      present.spells.push(spell);
    } else if (present && !NEUTRAL.includes(spell.state)) {
      present.isRecovered = EXCHANGING_STATES.some((exchanging) => exchanging === spell.state);
      present = null;
    }
  }
  return joinFlapping(failures);
}

function joinFlapping<T extends Transition>(failures: readonly Failure<T>[]): Failure<T>[] {
  const rows: Failure<T>[][] = [];
  for (const failure of failures) {
    const row = rows.at(-1);
    const endedAt = row?.at(-1)?.spells.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
    const beganAt = failure.spells[0]?.from ?? endedAt;
    if (row && beganAt - endedAt <= COMES_BACK_WITHIN_MS) row.push(failure);
    else rows.push([failure]);
  }
  return rows.flatMap((row) => {
    const last = row.at(-1);
    if (!last || row.length < FLAPS_FROM_FAILURES) return row;
    return [{ ...last, spells: row.flatMap(({ spells }) => spells), times: row.length }];
  });
}

/** Several failures as one, or several silences within one failure. */
export interface Flapping extends TimeSpan {
  /** The transitions that it stands for, oldest first. */
  ids: number[];
  state: HistoryState;
  times: number;
  failedMs: number;
  isOfSilence: boolean;
}

/** @param spells oldest first. */
export function flappingsOf(spells: readonly Spell<RecordedTransition>[]): Flapping[] {
  const flapped = (failures: readonly Failure<RecordedTransition>[], isOfSilence: boolean) =>
    failures
      .filter(({ times }) => times > 1)
      .map(({ spells: failed, times }): Flapping => {
        const [from, to] = [failed[0]?.from ?? 0, failed.at(-1)?.to ?? 0];
        return {
          ids: spells.filter((spell) => spell.from >= from && spell.to <= to).map(({ id }) => id),
          state: failed.at(-1)?.state ?? "unreachable",
          times,
          failedMs: failed.reduce((sumMs, spell) => sumMs + spell.to - spell.from, 0),
          isOfSilence,
          from,
          to,
        };
      });
  return failuresOf(spells).flatMap((failure) =>
    flapped(failure.times > 1 ? [failure] : failuresOf(failure.spells, ["unreachable"]), failure.times === 1),
  );
}

function segmentsBetween(bounds: number[]): Segment[] {
  return bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? to, to, timeByState: {} }));
}

function seenSpells<T extends Transition>(transitions: T[], runs: TimeSpan[]): Spell<T>[] {
  return overlapsOf(spellsOf(transitions), joinOverlapping(runs), (spell, _run, span) => ({
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
