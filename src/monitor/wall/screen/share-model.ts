import { COUNTED_STATES, EXCHANGING_STATES, UNKNOWN_STATES } from "../../fleet/state.ts";
import type { StateCounts } from "../../fleet/summary.ts";
import type { Viewer } from "../../viewer/viewer.ts";

/** More than so many are a bar, not squares. */
const MOST_SQUARES = 72;
const NOTHING = "—";
const BAR_WIDTH = 1_000;
/** What is there is seen, however few they are among many. */
const LEAST_WIDTH = 8;

/** Which part of the POS servers exchanges, of these so many by a guess, and all of them by state, the worst first; null without any. */
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
    // Rounded each by itself they may be longer together than the bar is.
    return { state, x, width: Math.round(end) - x };
  });
}
