import { POS_SERVER_STATES, PROBLEM_STATES } from "../fleet/state.ts";
import type {
  HistoryState,
  RecordedTransition,
  Spell,
  TimeSpan,
  Transition,
} from "../pos-servers/availability.ts";

/** Failures that are closer than this part of the bar are one mark: they could not be told apart. */
const ONE_MARK_WITHIN = 0.003;
/** Anything shorter is under the marks beside it. */
const MIN_SHARE = 0.0005;

/** Where something stands in a bar, in per cent of its width. */
interface Place {
  x: number;
  width: number;
}

/** A state that is no failure, for as long as it lasted. */
export interface PictureSpan extends Place {
  state: HistoryState;
  spell: TimeSpan;
}

/** One failure, or several that cannot be told apart. */
export interface PictureMark extends Place {
  /** The worst of them. */
  state: HistoryState;
  failures: number;
  spell: TimeSpan;
  /** The transitions with which the first and the last of them began. */
  id: number;
  lastId: number;
}

/** Draws the states of a part of the time to scale; where nothing is, nothing is known. */
export function pictureOf(spells: readonly Spell<RecordedTransition>[], { from, to }: TimeSpan) {
  const length = to - from;
  const percent = (ms: number) => Math.round((ms / length) * 100_000) / 1_000;
  const place = (spell: TimeSpan): Place => ({
    x: percent(spell.from - from),
    width: percent(spell.to - spell.from),
  });
  const isFailure = ({ state }: Transition) => PROBLEM_STATES.some((problem) => problem === state);

  const spans: PictureSpan[] = spells
    .filter((spell) => !isFailure(spell) && spell.to - spell.from >= MIN_SHARE * length)
    .map((spell) => ({ ...place(spell), state: spell.state, spell: { from: spell.from, to: spell.to } }));
  const marks = failuresOf(spells.filter(isFailure), ONE_MARK_WITHIN * length).map((mark) => ({
    ...place(mark.spell),
    ...mark,
  }));
  return { spans, marks };
}

/** Oldest first; a moment in which the monitor was started anew ends no failure. */
function failuresOf(
  spells: Spell<RecordedTransition>[],
  closerThanMs: number,
): Omit<PictureMark, keyof Place>[] {
  const marks: Omit<PictureMark, keyof Place>[] = [];
  for (const { id, state, from, to } of spells) {
    const last = marks.at(-1);
    const isSame = last?.lastId === id && from - last.spell.to < closerThanMs;
    if (last && (isSame || (from - last.spell.from < closerThanMs && to - from < closerThanMs))) {
      last.spell = { from: last.spell.from, to };
      last.state = worstOf(last.state, state);
      last.lastId = id;
      if (!isSame) last.failures += 1;
    } else {
      marks.push({ id, lastId: id, state, failures: 1, spell: { from, to } });
    }
  }
  return marks;
}

function worstOf(one: HistoryState, other: HistoryState): HistoryState {
  return POS_SERVER_STATES.find((state) => state === one || state === other) ?? one;
}
