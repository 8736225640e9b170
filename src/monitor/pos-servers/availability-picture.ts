import { EXCHANGING_STATES, PROBLEM_STATES } from "../fleet/state.ts";
import { type HistoryState, type Segment, sumOf } from "./availability.ts";

/** States that are neither a working exchange nor a failing one. */
const NEUTRAL_STATES = ["parked", "pending", "unsupported"] as const satisfies HistoryState[];

/** Sizes in the units of the picture, whose width is stretched to that of the page. */
const SEGMENT_WIDTH = 100;
const HEIGHT = 22;
/** By how much what fails reaches below the rest, so that it is seen without colours too. */
const FAILING_DROP = 6;
/** What failed for a moment is still seen. */
const MIN_FAILING_HEIGHT = 7;
const NEUTRAL_HEIGHT = 4;

interface Part {
  state: HistoryState;
  y: number;
  height: number;
}

/**
 * Draws segments side by side.
 * @param gapShare how much of a segment's width is free.
 */
export function pictureOf(segments: Segment[], gapShare: number) {
  const barWidth = Math.round(SEGMENT_WIDTH * (1 - gapShare));
  return {
    width: (segments.length - 1) * SEGMENT_WIDTH + barWidth,
    height: HEIGHT + FAILING_DROP,
    barWidth,
    backHeight: HEIGHT,
    bars: segments.map((segment, index) => ({ x: index * SEGMENT_WIDTH, parts: partsOf(segment) })),
  };
}

/** What fails stands at the bottom, a working exchange above it; a line is where neither is. */
function partsOf(segment: Segment): Part[] {
  const failing = heightsOf(segment, PROBLEM_STATES);
  const exchanging = heightsOf(segment, EXCHANGING_STATES);
  const failingHeight = failing.length > 0 ? Math.max(total(failing), MIN_FAILING_HEIGHT) : 0;
  const exchangingHeight = Math.min(total(exchanging), HEIGHT - failingHeight);
  if (failingHeight + exchangingHeight === 0) return lineOf(segment);

  const parts: Part[] = [];
  let bottom = HEIGHT;
  for (const [states, height] of [
    [failing, failingHeight],
    [exchanging, exchangingHeight],
  ] as const) {
    const scale = height / total(states);
    for (const part of states) {
      const top = bottom - part.height * scale;
      const drop = states === failing && bottom === HEIGHT ? FAILING_DROP : 0;
      parts.push({ state: part.state, y: round(top), height: round(bottom - top + drop) });
      bottom = top;
    }
  }
  return parts;
}

function lineOf({ timeByState }: Segment): Part[] {
  const [longest] = NEUTRAL_STATES.toSorted(
    (one, other) => (timeByState[other] ?? 0) - (timeByState[one] ?? 0),
  );
  if (!longest || sumOf(timeByState, [longest]) === 0) return [];
  return [{ state: longest, y: (HEIGHT - NEUTRAL_HEIGHT) / 2, height: NEUTRAL_HEIGHT }];
}

/** The states that were there, each as high as its part of the time. */
function heightsOf({ from, to, timeByState }: Segment, states: readonly HistoryState[]) {
  return states
    .filter((state) => timeByState[state])
    .map((state) => ({ state, height: (sumOf(timeByState, [state]) / (to - from)) * HEIGHT }));
}

function total(parts: { height: number }[]): number {
  return parts.reduce((sum, { height }) => sum + height, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
