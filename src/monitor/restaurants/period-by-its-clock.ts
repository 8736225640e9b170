import type { LogPeriod } from "../../protocol/logs.ts";

/** So much is the way of a report and no difference of clocks: it would ask for the last file of the day before, too. */
const NO_DIFFERENCE_MS = 5_000;

/**
 * The period by the clock of a POS server, which need not be right.
 * @param behindMs how much its clock is behind, as a report told.
 */
export function periodByItsClock(
  { fromAt, toAt }: { fromAt: number; toAt: number },
  behindMs: number,
): LogPeriod {
  const shiftMs = Math.abs(behindMs) < NO_DIFFERENCE_MS ? 0 : behindMs;
  const byItsClock = (at: number) => new Date(at - shiftMs).toISOString();
  return { from: byItsClock(fromAt), to: byItsClock(toAt) };
}
