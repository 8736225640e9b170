import { HOUR_MS } from "../../protocol/time-units.ts";
import { writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

const WIDTHS_MS = [1, 3, 6, 12].map((hours) => hours * HOUR_MS);
const MOST_BARS = 74;
const HEIGHT_PX = 78;
const LEAST_PX = 4;
const MOST_TICKS = 9;
const TICKS_HOURS = [3, 6, 12, 24, 48, 96];
/** Of the picture on a desktop and a phone, and of a character of its labels. */
const [DESKTOP_PX, PHONE_PX, CHARACTER_PX] = [1_200, 320, 7];

type Period = Record<"fromAt" | "toAt", number>;
/** Of one POS server: which bar has how many. */
export type BarCounts = [bar: number, count: number][];

/** The bars, of whole hours, that cover a period (ms UTC). */
function barsOf({ fromAt, toAt }: Period) {
  const barsAt = (widthMs: number) => {
    const from = Math.floor(fromAt / widthMs) * widthMs;
    return { from, widthMs, count: Math.floor((toAt - from) / widthMs) + 1 };
  };
  const [first = HOUR_MS, ...wider] = WIDTHS_MS;
  const width = wider.findLast((_, at) => barsAt(WIDTHS_MS[at] ?? 0).count > MOST_BARS);
  return barsAt(width ?? first);
}

/** @param hours by the monitor's clock (ms UTC); of a wrong clock they may lie anywhere. */
export function countInBars(period: Period, hours: readonly { from: number; count: number }[]): BarCounts {
  const { from, widthMs, count: bars } = barsOf(period);
  const counts = new Map<number, number>();
  for (const hour of hours) {
    const bar = Math.min(Math.max(Math.floor((hour.from - from) / widthMs), 0), bars - 1);
    counts.set(bar, (counts.get(bar) ?? 0) + hour.count);
  }
  return [...counts];
}

/** Places and widths in per cent; the hours are those of the viewer's zone. */
export function barsModel(viewer: Viewer, period: Period, sums: ReadonlyMap<number, number>, now: number) {
  const { t, format, timeZone } = viewer;
  const { from, widthMs, count: bars } = barsOf(period);
  const most = Math.max(...sums.values(), 1);
  const percent = (bar: number) => Math.round((bar / bars) * 10_000) / 100;
  const fits = (label: string, px: number) => label.length * CHARACTER_PX <= px / bars + 2;
  const hours = (bars * widthMs) / HOUR_MS;
  const step = TICKS_HOURS.find((every) => hours / every <= MOST_TICKS) ?? hours;
  /** Each hour, since 1970 by the viewer's clock, which may jump in between. */
  const local = Array.from({ length: hours }, (_, hour) =>
    Math.floor(Date.parse(`${writeLocalTime(from + hour * HOUR_MS, timeZone)}Z`) / HOUR_MS),
  );
  return {
    height: HEIGHT_PX,
    heading: t(`logSearch.bars.${widthMs === HOUR_MS ? "hour" : "hours"}`, { hours: widthMs / HOUR_MS }),
    bars: [...sums]
      .sort(([one], [other]) => one - other)
      .map(([bar, count]) => {
        const label = format.number(count);
        return {
          x: percent(bar + 0.06),
          middle: percent(bar + 0.5),
          width: percent(0.88),
          height: Math.max(Math.round((count / most) * HEIGHT_PX), LEAST_PX),
          label: fits(label, DESKTOP_PX) || count === most ? label : null,
          isWide: !fits(label, PHONE_PX) && count !== most,
          said: `${format.time(from + bar * widthMs, now)}: ${label}`,
        };
      }),
    ticks: [...local.entries()]
      .filter(([hour, ofClock]) => ofClock % step === 0 && ofClock !== local[hour - 1])
      .map(([hour, ofClock], index) => {
        const at = from + hour * HOUR_MS;
        const isDay = ofClock % 24 === 0;
        const text = isDay ? format.day(at, now) : format.clock(at, at);
        return { x: percent((hour * HOUR_MS) / widthMs), text, isDay, isSpare: !isDay && index % 3 !== 1 };
        // At the edge half of it would be cut.
      })
      .filter(({ x }) => x < 98),
  };
}
