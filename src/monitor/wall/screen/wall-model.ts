import { HOUR_MS } from "../../../protocol/time-units.ts";
import { COUNTED_STATES, EXCHANGING_STATES, UNKNOWN_STATES } from "../../fleet/state.ts";
import type { StateCounts } from "../../fleet/summary.ts";
import { axisOfDay } from "../../pos-server/availability-axis.ts";
import { healthInWords } from "../../pos-servers/health.ts";
import { organizationsInWords } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { QUARTER_MS } from "./count-quarters.ts";
import type { Wall } from "./find-wall.ts";
import type { DayOfQuarters } from "./quarters.ts";
import { tilesModel } from "./tiles-model.ts";

/** In steps of two pixels (`public/css/wall-screen.css`). */
const SIDE = 6;

/** Fewer POS servers do not fill the height. */
const FULL_FROM = 4;
const HEIGHT = 100;
const WIDTH = 10;
const BAR = { from: 1.2, width: 7.6 };
const LEAST_HEIGHT = 2;
const UNKNOWN_HEIGHT = 12;

/** More POS servers are a bar, not squares. */
const MOST_SQUARES = 72;
const NOTHING = "—";
const BAR_WIDTH = 1_000;
/** Keeps few among many visible. */
const LEAST_WIDTH = 8;

export function wallModel(viewer: Viewer, wall: Wall, now: number) {
  const { t, format } = viewer;
  const { problems, posServers, pending } = wall.summary;
  const isUnknown = pending > 0 && pending === posServers;
  const share = shareModel(viewer, wall.counts, wall.summary.guessed);
  const trouble = healthInWords(viewer, wall.health, now);
  return {
    organizations: organizationsInWords(viewer, wall.organizations),
    shift: shiftAt(now),
    trouble,
    problems: {
      text: isUnknown ? "—" : format.number(problems),
      digits: Math.min(format.number(problems).length, 7),
      isUnknown,
      hasAny: problems > 0,
      word: t("wall.problems", { count: problems }),
      of: posServers === 0 ? null : t("posServers.headline.of", { total: format.number(posServers) }),
    },
    changes: changesInWords(viewer, wall),
    share,
    ...(problems > 0
      ? { ...tilesModel(viewer, wall, now), calm: null }
      : { tiles: [], more: null, calm: calmModel() }),
    quarters: quartersModel(viewer, wall.quarters),
  };

  /** Calm only when all are known to exchange: none pending, and pages up to date. */
  function calmModel() {
    if (posServers === 0) return { isWell: false, title: t("posServers.empty.fleetTitle"), text: null };
    if (share?.isWhole && trouble === null) return { isWell: true, title: t("wall.allExchange"), text: null };
    if (isUnknown) return { isWell: false, title: t("posServers.headline.unknown"), text: null };
    const text = pending > 0 ? t("posServers.headline.pending", { count: pending }) : null;
    return { isWell: false, title: t("posServers.headline.none"), text };
  }
}

function changesInWords({ t }: Viewer, { summary: { newProblems, recovered } }: Wall): string | null {
  const texts = [
    ...(newProblems > 0 ? [t("posServers.headline.new", { count: newProblems })] : []),
    ...(recovered > 0 ? [t("posServers.headline.recovered", { count: recovered })] : []),
  ];
  return texts.length > 0 ? texts.join(", ") : null;
}

/** Where the wall is in this hour: it moves around a square once a day, against burn-in. */
export function shiftAt(now: number): { x: number; y: number } {
  const step = Math.floor(now / HOUR_MS) % (4 * SIDE);
  const along = step % SIDE;
  if (step < SIDE) return { x: along, y: 0 };
  if (step < 2 * SIDE) return { x: SIDE, y: along };
  if (step < 3 * SIDE) return { x: SIDE - along, y: SIDE };
  return { x: 0, y: SIDE - along };
}

/** The last 24 hours: a bar per quarter, red where more fail than at the best time of the day. */
function quartersModel({ t, format, timeZone }: Viewer, { from, counts }: DayOfQuarters) {
  const known = counts.filter((count) => count !== null);
  const most = Math.max(...known, 0);
  const least = Math.min(...known, most);
  const full = Math.max(most, FULL_FROM);
  return {
    width: counts.length * WIDTH,
    height: HEIGHT,
    bars: counts.map((count, index) => {
      const height = count === null ? UNKNOWN_HEIGHT : Math.max((count / full) * HEIGHT, LEAST_HEIGHT);
      return {
        kind: count === null ? "unknown" : count > least ? "more" : "least",
        x: index * WIDTH + BAR.from,
        width: BAR.width,
        y: Math.round((HEIGHT - height) * 10) / 10,
        height: Math.round(height * 10) / 10,
      };
    }),
    axis: axisOfDay({ from, to: from + counts.length * QUARTER_MS }, timeZone),
    most: mostInWords(),
    unknown: counts.includes(null) ? t("availability.noData") : null,
  };

  function mostInWords(): string | null {
    if (most === 0) return known.length === counts.length ? t("wall.quarters.nobody") : null;
    const at = from + counts.lastIndexOf(most) * QUARTER_MS;
    const end = at + QUARTER_MS;
    const [since, until] = [format.clock(at, at), format.clock(end, end)];
    return t("wall.quarters.most", { most: format.number(most), from: since, to: until });
  }
}

/**
 * The share of POS servers that exchange, and all by state, worst first; null without any.
 * @param guessed how many of those that exchange do so by a guess.
 */
export function shareModel({ t, format }: Viewer, counts: StateCounts, guessed: number) {
  const present = COUNTED_STATES.map((state) => ({ state, count: counts[state] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  const total = present.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const exchanging = EXCHANGING_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const hasSquares = total <= MOST_SQUARES;
  const byGuess = guessed === 0 ? "" : `, ${t("posServers.headline.guessed", { count: guessed })}`;
  const isUnknown = present.every(({ state }) => UNKNOWN_STATES.includes(state));
  return {
    isWhole: exchanging === total,
    share: isUnknown ? NOTHING : format.wholePercent(exchanging / total),
    text: isUnknown
      ? t("availability.unknown")
      : t("wall.exchanging", { exchanging: format.number(exchanging), total: format.number(total) }) +
        byGuess,
    states: present.map(({ state, count }) => `${t(`state.${state}`)}: ${format.number(count)}`).join(", "),
    squares: hasSquares
      ? present.flatMap(({ state, count }) => Array.from({ length: count }, () => state))
      : null,
    barWidth: BAR_WIDTH,
    bar: hasSquares ? null : barOf(present, total),
  };
}

function barOf(present: readonly { state: string; count: number }[], total: number) {
  const spare = BAR_WIDTH - LEAST_WIDTH * present.length;
  let end = 0;
  return present.map(({ state, count }) => {
    const x = Math.round(end);
    end += LEAST_WIDTH + (count / total) * spare;
    // Rounded one by one they could be longer together than the bar.
    return { state, x, width: Math.round(end) - x };
  });
}
