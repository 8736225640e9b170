import type { RowWindow } from "./read-rows.ts";
import type { ViewQuery } from "./view-query.ts";

/** How many rows are shown at once, and how many of them before the line that they are about. */
export const WINDOW_ROWS = 500;
const ROWS_BEFORE = 200;

export interface PageWindow extends RowWindow {
  /** The line that the page is about; null = the log is empty. */
  current: number | null;
  /** More rows are asked for, on this side; null = the page is about a line. */
  side: "before" | "after" | null;
}

/** What is shown: what stands around a line, or before or after one. */
export function pageWindow({ before, after, line }: ViewQuery, lineCount: number): PageWindow {
  const clamp = (number: number) => Math.max(1, Math.min(number, lineCount));
  if (lineCount === 0) return { line: 1, rowsBefore: 0, rowsAfter: 0, current: null, side: null };
  if (before !== null && before > 1) {
    const from = Math.min(before, lineCount + 1);
    return { line: from, rowsBefore: WINDOW_ROWS, rowsAfter: 0, current: from - 1, side: "before" };
  }
  if (after !== null && after < lineCount) {
    const from = after + 1;
    return { line: from, rowsBefore: 0, rowsAfter: WINDOW_ROWS, current: from, side: "after" };
  }
  const current = clamp(line ?? lineCount);
  const rowsAfter = WINDOW_ROWS - ROWS_BEFORE;
  return { line: current, rowsBefore: ROWS_BEFORE, rowsAfter, current, side: null };
}
