import { axisOfDay } from "../../pos-server/availability-axis.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { QUARTER_MS } from "./count-quarters.ts";
import type { DayOfQuarters } from "./quarters.ts";

/** Fewer than so many do not fill the height: one POS server is no mountain. */
const FULL_FROM = 4;
const HEIGHT = 100;
const WIDTH = 10;
const BAR = { from: 1.2, width: 7.6 };
const LEAST_HEIGHT = 2;
const UNKNOWN_HEIGHT = 12;

/** The last 24 hours: a bar for each quarter of an hour, red where more than at the best time of the day do not exchange. */
export function quartersModel({ t, format, timeZone }: Viewer, { from, counts }: DayOfQuarters) {
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
        ...{ x: index * WIDTH + BAR.from, width: BAR.width },
        ...{ y: Math.round((HEIGHT - height) * 10) / 10, height: Math.round(height * 10) / 10 },
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
