import type { PreparedLog } from "./prepared-log.ts";
import { foldAround, isAround, type Shown } from "./read-folds.ts";
import type { ViewQuery } from "./view-query.ts";
import { type Row, walkDown, walkThrough, walkUp } from "./walk-rows.ts";

/** How many rows are shown at once, and how many of them before the page's line. */
export const WINDOW_ROWS = 500;
const ROWS_BEFORE = 200;

/** Rows in the order of lines, and the next line on each side; null = there is none. */
export interface Rows {
  rows: Row[];
  before: number | null;
  after: number | null;
}

/** How many rows before and after a line, which is the first of those after it. */
interface RowWindow {
  line: number;
  rowsBefore: number;
  rowsAfter: number;
}

/** Reads the rows around a line. At an end of the log there are more on the other side instead. */
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

/** Reads the rows of an open fold, up to `maxRows`; `after` = the first line that is left. */
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

export interface PageWindow extends RowWindow {
  /** The line of the page; null = the log is empty. */
  current: number | null;
  /** The side on which more rows are asked for; null = the page is about a line. */
  side: "before" | "after" | null;
}

/** The rows to show: around a line, or before or after one. */
export function pageWindow({ before, after, line }: ViewQuery, lineCount: number): PageWindow {
  if (lineCount === 0) return { line: 1, rowsBefore: 0, rowsAfter: 0, current: null, side: null };
  if (before !== null && before > 1) {
    const from = Math.min(before, lineCount + 1);
    return { line: from, rowsBefore: WINDOW_ROWS, rowsAfter: 0, current: from - 1, side: "before" };
  }
  if (after !== null && after < lineCount) {
    const from = after + 1;
    return { line: from, rowsBefore: 0, rowsAfter: WINDOW_ROWS, current: from, side: "after" };
  }
  const current = Math.max(1, Math.min(line ?? lineCount, lineCount));
  const rowsAfter = WINDOW_ROWS - ROWS_BEFORE;
  return { line: current, rowsBefore: ROWS_BEFORE, rowsAfter, current, side: null };
}
