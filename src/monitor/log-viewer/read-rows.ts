import type { PreparedLog } from "./prepared-log.ts";
import { foldAround } from "./read-folds.ts";
import { isAround, type Shown } from "./shown.ts";
import { type Row, walkDown, walkThrough, walkUp } from "./walk-rows.ts";

/** Rows in the order of lines, and the lines that they do not reach any more; null = there are none on that side. */
export interface Rows {
  rows: Row[];
  before: number | null;
  after: number | null;
}

/** So many rows, counted from a line: this one is the first of those after it. */
export interface RowWindow {
  line: number;
  rowsBefore: number;
  rowsAfter: number;
}

/** Reads what is shown around a line. At an end of the log there is more on the other side instead. */
export async function readRows(log: PreparedLog, shown: Shown, window: RowWindow): Promise<Rows> {
  const { line, rowsBefore, rowsAfter } = window;
  if (log.summary.lines === 0) return { rows: [], before: null, after: null };
  return await walkThrough(log, shown, async (walk) => {
    const all = rowsBefore + rowsAfter;
    const fold = shown.isFolded && rowsAfter > 0 ? await foldAround(walk.folds, line) : null;
    const from = fold && !isAround(fold, shown.open) ? fold.firstLine : line;
    const after = await walkDown(walk, from, rowsAfter);
    const before = await walkUp(walk, from - 1, rowsBefore > 0 ? all - after.rows.length : 0);
    const missing = rowsBefore > 0 && rowsAfter > 0 ? all - after.rows.length - before.rows.length : 0;
    const rest =
      missing > 0 && after.next !== null
        ? await walkDown(walk, after.next, missing)
        : { rows: [], next: after.next };
    return {
      rows: [...before.rows.toReversed(), ...after.rows, ...rest.rows],
      before: before.next,
      after: rest.next,
    };
  });
}

/** Reads what an open fold holds, as much as is shown at once; `after` = the first of its lines that is not. */
export async function readFoldRows(
  log: PreparedLog,
  shown: Shown,
  line: number,
  maxRows: number,
): Promise<Rows> {
  return await walkThrough(log, { ...shown, open: line }, async (walk) => {
    const fold = await foldAround(walk.folds, line);
    if (!fold) return { rows: [], before: null, after: null };
    const { rows, next } = await walkDown(walk, line, maxRows, fold.lastLine);
    return { rows, before: null, after: next };
  });
}
