import type { LogPeriod } from "../../protocol/logs.ts";

/** A shift this small is the time that a report takes; it would only ask for a file of the day before, too. */
const NO_DIFFERENCE_MS = 5_000;

/** A period by the clock of a POS server. @param behindMs how much that is behind, by its report. */
export function periodByItsClock(
  { fromAt, toAt }: { fromAt: number; toAt: number },
  behindMs: number,
): LogPeriod {
  const shiftMs = Math.abs(behindMs) < NO_DIFFERENCE_MS ? 0 : behindMs;
  const byItsClock = (at: number) => new Date(at - shiftMs).toISOString();
  return { from: byItsClock(fromAt), to: byItsClock(toAt) };
}
