import { dayAt } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { barsOf } from "./bars.ts";

const HEIGHT_PX = 78;
const LEAST_PX = 4;
/** How wide the picture is, and a character of a label, on a desktop and on a phone. */
const WIDTHS_PX = { desktop: 1_200, phone: 320 };
const CHARACTER_PX = 7;
const MOST_TICKS = 9;

/** Entries by hour (or a few hours), places and widths in per cent, in the viewer's zone. */
export function barsModel(
  viewer: Viewer,
  period: { fromAt: number; toAt: number },
  sums: ReadonlyMap<number, number>,
  now: number,
) {
  const { t, format, timeZone } = viewer;
  const { from, widthMs, count: bars } = barsOf(period);
  const most = Math.max(...sums.values(), 1);
  const percent = (bar: number) => Math.round((bar / bars) * 10_000) / 100;
  const fits = (text: string, widthPx: number) => text.length * CHARACTER_PX <= widthPx / bars + 2;
  const starts = Array.from({ length: bars + 1 }, (_, bar) => from + bar * widthMs);
  const step = Math.ceil(bars / MOST_TICKS);
  return {
    height: HEIGHT_PX,
    heading: t(widthMs === 3_600_000 ? "logSearch.bars.hour" : "logSearch.bars.hours", {
      hours: widthMs / 3_600_000,
    }),
    bars: [...sums]
      .sort(([one], [other]) => one - other)
      .map(([bar, count]) => {
        const label = format.number(count);
        const height = Math.max(Math.round((count / most) * HEIGHT_PX), LEAST_PX);
        return {
          x: percent(bar + 0.06),
          middle: percent(bar + 0.5),
          width: percent(0.88),
          height,
          label: fits(label, WIDTHS_PX.desktop) || count === most ? label : null,
          isWide: !fits(label, WIDTHS_PX.phone) && count !== most,
          said: `${format.time(from + bar * widthMs, now)}: ${label}`,
        };
      }),
    ticks: starts
      .map((at, bar) => ({ at, bar, isDay: bar > 0 && dayAt(at, timeZone) !== dayAt(at - 1, timeZone) }))
      .filter(({ bar, isDay }) => isDay || bar % step === 0)
      .filter(({ bar, isDay }, _index, all) => {
        const day = all.find((other) => other.isDay && other.bar !== bar && Math.abs(other.bar - bar) < step);
        return isDay || !day;
      })
      .map(({ at, bar, isDay }, index) => ({
        x: percent(bar),
        text: isDay || widthMs > 12 * 3_600_000 ? format.day(at, now) : format.clock(at, at),
        isDay,
        anchor: bar === 0 ? "start" : bar === bars ? "end" : "middle",
        isSpare: !isDay && index % 3 !== 0,
      })),
  };
}
