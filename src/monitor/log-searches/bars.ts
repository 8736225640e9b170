const HOUR_MS = 3_600_000;
const WIDTHS_MS = [1, 3, 6, 12].map((hours) => hours * HOUR_MS);
const MOST_BARS = 74;

/** Of one POS server: which bar has how many, in order. */
export type BarCounts = [bar: number, count: number][];

/** The bars, of whole hours, that cover a period (ms UTC). */
export function barsOf({ fromAt, toAt }: { fromAt: number; toAt: number }) {
  const barsAt = (widthMs: number) => {
    const from = Math.floor(fromAt / widthMs) * widthMs;
    return { from, widthMs, count: Math.floor((toAt - from) / widthMs) + 1 };
  };
  const [widest = barsAt(HOUR_MS), ...narrower] = WIDTHS_MS.map(barsAt).reverse();
  return narrower.findLast(({ count }) => count <= MOST_BARS) ?? widest;
}

/** @param hours by the monitor's clock (ms UTC), which may differ from that of the POS server by any time. */
export function countInBars(
  period: { fromAt: number; toAt: number },
  hours: readonly { from: number; count: number }[],
): BarCounts {
  const { from: start, widthMs, count: bars } = barsOf(period);
  const counts = new Map<number, number>();
  for (const { from, count } of hours) {
    const bar = Math.min(Math.max(Math.floor((from - start) / widthMs), 0), bars - 1);
    counts.set(bar, (counts.get(bar) ?? 0) + count);
  }
  return [...counts];
}
