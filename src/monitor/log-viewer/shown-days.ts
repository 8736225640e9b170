import { posDate, posDayStart } from "./pos-time.ts";
import type { Row } from "./walk-rows.ts";

/**
 * Where the day changes, its date; null for rows that go on with the day above them.
 * @param timeBefore of what is shown above; null = nothing is, and the first day is named.
 */
export function shownDays(rows: readonly Row[], timeBefore: number | null): (string | null)[] {
  let day = timeBefore === null ? null : posDayStart(timeBefore);
  return rows.map((row) => {
    const begins = row.kind === "line" ? row.line.time : row.fold.firstTime;
    // The lines of an open fold follow it.
    const ends = row.kind === "fold" ? row.fold.lastTime : begins;
    const isNew = begins !== null && posDayStart(begins) !== day;
    if (ends !== null) day = posDayStart(ends);
    return isNew ? posDate(begins) : null;
  });
}
