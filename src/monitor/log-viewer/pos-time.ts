import { DAY_MS } from "../../protocol/time-units.ts";

/** Times in a log are those of the POS server's clock, kept as if they were UTC and shown without a zone. */
export function posClock(time: number): string {
  return isoOf(time).slice(11, 16);
}

/** `13:42:10`. */
export function posSecond(time: number): string {
  return isoOf(time).slice(11, 19);
}

/** `25.11`. */
export function posDay(time: number): string {
  const [, month, day] = isoOf(time).slice(0, 10).split("-");
  return `${day}.${month}`;
}

/** `25.11.2026`. */
export function posDate(time: number): string {
  return `${posDay(time)}.${isoOf(time).slice(0, 4)}`;
}

/** `11.2026`. */
export function posMonth(time: number): string {
  const [year, month] = isoOf(time).slice(0, 7).split("-");
  return `${month}.${year}`;
}

/** `01:31–01:34`, `01:31`, or with days: `24.11 23:58–25.11 00:10`. */
export function posSpan(from: number, to: number): string {
  if (posDayStart(from) !== posDayStart(to))
    return `${posDay(from)} ${posClock(from)}–${posDay(to)} ${posClock(to)}`;
  return posClock(from) === posClock(to) ? posClock(from) : `${posClock(from)}–${posClock(to)}`;
}

/** `25.11 00:00–12:09`. */
export function posSpanWithDay(from: number, to: number): string {
  const span = posSpan(from, to);
  return posDayStart(from) === posDayStart(to) ? `${posDay(from)} ${span}` : span;
}

export function posDayStart(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
