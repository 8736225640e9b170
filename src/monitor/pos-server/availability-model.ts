import { HOUR_MS } from "../../protocol/time-units.ts";
import { POS_SERVER_STATES, PROBLEM_STATES } from "../fleet/state.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import {
  type HistoryState,
  type RecordedTransition,
  type Spell,
  sumOf,
  type Transition,
} from "../history/availability.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type AxisLabel, axisOfDay, axisOfDays } from "./availability-axis.ts";
import type { MeasuredAvailability, MeasuredPart } from "./read-availability.ts";

/** Failures closer than this share of the bar are one mark: nobody could tell them apart. */
const ONE_MARK_WITHIN = 0.003;
/** A shorter span would lie under the marks beside it. */
const MIN_SHARE = 0.0005;

const WORST_FIRST: readonly HistoryState[] = [...POS_SERVER_STATES, "parked"];
const SHOWN_FROM_MS = 1_000;

/**
 * The bars of a POS server: the last 24 hours and the last 30 days, to scale, and in the viewer's words.
 * @param urlOfChange where the history shows a transition.
 */
export function availabilityModel(
  viewer: Viewer,
  { day, month }: MeasuredAvailability,
  urlOfChange: (id: number) => string,
  now: number,
) {
  const { timeZone } = viewer;
  const bar = (name: "day" | "month", part: MeasuredPart, axis: AxisLabel[]) => ({
    id: `availability-${name}`,
    title: viewer.t(`availability.${name}`),
    summary: summaryOf(viewer, part),
    legend: legendOf(viewer, part),
    axis,
    isDay: name === "day",
    ...partsOf(viewer, part, urlOfChange, now),
  });
  return [bar("day", day, axisOfDay(day, timeZone)), bar("month", month, axisOfDays(month.bounds, timeZone))];
}

function partsOf(viewer: Viewer, part: MeasuredPart, urlOfChange: (id: number) => string, now: number) {
  const { spans, marks } = pictureOf(part.spells, part);
  const percent = (at: number) => Math.round(((at - part.from) / (part.to - part.from)) * 100_000) / 1_000;
  const inWords = (state: HistoryState, spell: TimeSpan) => spellInWords(viewer, state, spell, part, now);
  return {
    spans: spans.map(({ spell, ...span }) => ({ ...span, title: inWords(span.state, spell) })),
    marks: marks.map(({ x, width, state, failures, spell, id }) => {
      const several = failures > 1 ? `${viewer.t("availability.failures", { count: failures })}, ` : "";
      return { x, width, state, title: `${several}${inWords(state, spell)}`, url: urlOfChange(id) };
    }),
    cuts: part.bounds.slice(1, -1).map(percent),
  };
}

/** «Ошибка синхронизации: 25.11 01:31 – 01:34, 3 мин»; what goes on has no end. */
function spellInWords(
  { t, format }: Viewer,
  state: HistoryState,
  { from, to }: TimeSpan,
  part: TimeSpan,
  now: number,
): string {
  return t("availability.spell", {
    state: t(`state.${state}`),
    from: format.time(from, now),
    to: to === part.to ? t("posServer.now") : format.time(to, now),
    duration: format.span(from, to),
  });
}

function summaryOf({ t, format }: Viewer, { share, failures, timeByState }: MeasuredPart): string {
  if (share === null) return t("availability.unknown");
  const synced = t("availability.synced", { share: format.percent(share) });
  if (failures === 0) return `${synced} · ${t("availability.noFailures")}`;
  const duration = together(format, sumOf(timeByState, PROBLEM_STATES));
  return `${synced} · ${t("availability.failures", { count: failures })}, ${duration}`;
}

function legendOf({ t, format }: Viewer, { from, to, timeByState }: MeasuredPart) {
  const states = WORST_FIRST.filter(
    (state) => state !== "synced" && (timeByState[state] ?? 0) >= SHOWN_FROM_MS,
  );
  const shown: { state: HistoryState | "no_data"; text: string }[] = states.map((state) => ({
    state,
    text: t("availability.stateWithTime", {
      state: t(`state.${state}`),
      duration: together(format, timeByState[state] ?? 0),
    }),
  }));
  const isUnknownShown = to - from - sumOf(timeByState, WORST_FIRST) >= SHOWN_FROM_MS;
  if (isUnknownShown) shown.push({ state: "no_data", text: t("availability.noData") });
  return shown.length > 0 ? shown : null;
}

function together(format: Viewer["format"], ms: number): string {
  return ms < HOUR_MS ? format.duration(ms) : format.span(0, ms);
}

interface Mark {
  state: HistoryState;
  failures: number;
  spell: TimeSpan;
  /** The transitions that began the first and the last of them. */
  id: number;
  lastId: number;
}

/** Draws the states of a span of time to scale, in per cent of the width; gaps are unknown. */
export function pictureOf(spells: readonly Spell<RecordedTransition>[], { from, to }: TimeSpan) {
  const length = to - from;
  const percent = (ms: number) => Math.round((ms / length) * 100_000) / 1_000;
  const place = (spell: TimeSpan) => ({
    x: percent(spell.from - from),
    width: percent(spell.to - spell.from),
  });
  const isFailure = ({ state }: Transition) => PROBLEM_STATES.some((problem) => problem === state);

  const spans = spells
    .filter((spell) => !isFailure(spell) && spell.to - spell.from >= MIN_SHARE * length)
    .map((spell) => ({ ...place(spell), state: spell.state, spell: { from: spell.from, to: spell.to } }));
  const marks = failuresOf(spells.filter(isFailure), ONE_MARK_WITHIN * length).map((mark) => ({
    ...place(mark.spell),
    ...mark,
  }));
  return { spans, marks };
}

/** Oldest first; a restart of the monitor does not end a failure. */
function failuresOf(spells: Spell<RecordedTransition>[], closerThanMs: number): Mark[] {
  const marks: Mark[] = [];
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
