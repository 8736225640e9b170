import { isErrorLevel } from "../../protocol/log-head.ts";
import { foldLines, type Row } from "./fold-lines.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  errorsInBlock,
  linesOfBlock,
  type PreparedLine,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";
import type { ViewMode, ViewQuery } from "./view-query.ts";

/** How many lines are shown at once, and how many of them before the page's line. */
const PAGE_LINES = 500;
const LINES_BEFORE = 200;
/** How much text is read for one page; if it has fewer lines then, the next goes on from there. */
const MAX_BLOCKS = 100;

/** Rows in the order of lines, and the next line on each side; null = there is none. */
export interface Rows {
  rows: Row[];
  before: number | null;
  after: number | null;
}

export interface PageWindow {
  /** The first line of those after it. */
  line: number;
  linesBefore: number;
  linesAfter: number;
  /** The line of the page; null = the log is empty. */
  current: number | null;
  /** The side on which more lines are asked for; null = the page is about a line. */
  side: "before" | "after" | null;
}

/** The lines to show: around a line, or before or after one. */
export function pageWindow({ before, after, line }: ViewQuery, lineCount: number): PageWindow {
  if (lineCount === 0) return { line: 1, linesBefore: 0, linesAfter: 0, current: null, side: null };
  if (before !== null && before > 1) {
    const from = Math.min(before, lineCount + 1);
    return { line: from, linesBefore: PAGE_LINES, linesAfter: 0, current: from - 1, side: "before" };
  }
  if (after !== null && after < lineCount) {
    const from = after + 1;
    return { line: from, linesBefore: 0, linesAfter: PAGE_LINES, current: from, side: "after" };
  }
  const current = Math.max(1, Math.min(line ?? lineCount, lineCount));
  const linesAfter = PAGE_LINES - LINES_BEFORE;
  return { line: current, linesBefore: LINES_BEFORE, linesAfter, current, side: null };
}

/** Reads the rows of a page. At an end of the log there are more lines on the other side instead. */
export async function readRows(
  log: PreparedLog,
  { onlyErrors, isFolded }: ViewMode,
  { line, linesBefore, linesAfter }: PageWindow,
): Promise<Rows> {
  if (log.summary.lines === 0) return { rows: [], before: null, after: null };
  return await withBlocks(log, async (readText) => {
    const read = (from: number, step: 1 | -1, maxLines: number) =>
      readOn(log, readText, { from, step, maxLines, onlyErrors });
    const all = linesBefore + linesAfter;
    const after = await read(line, 1, linesAfter);
    const before = await read(line - 1, -1, linesBefore > 0 ? all - after.lines.length : 0);
    const missing = linesBefore > 0 && linesAfter > 0 ? all - after.lines.length - before.lines.length : 0;
    const rest =
      missing > 0 && after.next !== null ? await read(after.next, 1, missing) : { ...after, lines: [] };
    const lines = [...before.lines, ...after.lines, ...rest.lines];
    return {
      rows: isFolded ? foldLines(lines) : lines.map((line) => ({ kind: "line", line })),
      before: before.next,
      after: rest.next,
    };
  });
}

/** Reads up to `maxLines` from a line on, down or up. `next`: the line to go on from; null = the end is reached. */
async function readOn(
  log: PreparedLog,
  readText: (index: number) => Promise<string>,
  { from, step, maxLines, onlyErrors }: { from: number; step: 1 | -1; maxLines: number; onlyErrors: boolean },
): Promise<{ lines: PreparedLine[]; next: number | null }> {
  const lines: PreparedLine[] = [];
  let line = from;
  let readBlocks = 0;
  while (line >= 1 && line <= log.summary.lines) {
    const index = blockOfLine(log, line);
    const block = blockAt(log, index);
    const lastLine = index + 1 < blockCount(log) ? blockAt(log, index + 1).firstLine - 1 : log.summary.lines;
    const beyond = step > 0 ? lastLine + 1 : block.firstLine - 1;
    if (onlyErrors && errorsInBlock(log, index) === 0 && !isErrorLevel(block.levelBefore)) {
      line = beyond;
      continue;
    }
    if (lines.length >= maxLines || readBlocks >= MAX_BLOCKS) return { lines, next: line };
    const shown = linesOfBlock(block, await readText(index)).filter(
      ({ number, level }) => (number - line) * step >= 0 && (!onlyErrors || isErrorLevel(level)),
    );
    readBlocks++;
    const room = maxLines - lines.length;
    if (step > 0) lines.push(...shown.slice(0, room));
    else lines.unshift(...shown.slice(-room));
    const end = step > 0 ? lines.at(-1) : lines[0];
    line = shown.length > room && end ? end.number + step : beyond;
  }
  return { lines, next: null };
}
