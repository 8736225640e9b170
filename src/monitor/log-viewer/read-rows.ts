import type { Fold } from "./find-runs.ts";
import { isErrorLevel } from "./log-entry.ts";
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
import { type FoldReader, foldAround, withFolds } from "./read-folds.ts";
import { isAround, type Shown } from "./shown.ts";

/** Of the text; what is shown with fewer rows then goes on where it ended. */
const MAX_BLOCKS = 100;

/** `opened`: stands above the lines of a fold that is open. */
export type Row =
  | { kind: "line"; line: PreparedLine }
  | { kind: "fold"; fold: Fold }
  | { kind: "opened"; fold: Fold };

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

interface Walk {
  log: PreparedLog;
  shown: Shown;
  folds: FoldReader;
  readLines: (from: number, to: number) => Promise<PreparedLine[]>;
  /** Whether so much was read that the walk should end. */
  isLong: () => boolean;
}

interface Walked {
  rows: Row[];
  /** From where it would go on; null = it came to the end. */
  next: number | null;
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

async function walkThrough<Result>(
  log: PreparedLog,
  shown: Shown,
  use: (walk: Walk) => Promise<Result>,
): Promise<Result> {
  return await withBlocks(log, async (readText) =>
    withFolds(log, shown.onlyErrors ? "errors" : "all", async (folds) => {
      let readBlocks = 0;
      let kept: { index: number; lines: PreparedLine[] } | null = null;
      const readLines = async (from: number, to: number) => {
        const index = blockOfLine(log, from);
        if (kept?.index !== index) {
          kept = { index, lines: linesOfBlock(blockAt(log, index), await readText(index)) };
          readBlocks++;
        }
        const { firstLine } = blockAt(log, index);
        const lines = kept.lines.slice(from - firstLine, to - firstLine + 1);
        return shown.onlyErrors ? lines.filter(({ level }) => isErrorLevel(level)) : lines;
      };
      return await use({ log, shown, folds, readLines, isLong: () => readBlocks >= MAX_BLOCKS });
    }),
  );
}

async function walkDown(walk: Walk, from: number, maxRows: number, to?: number): Promise<Walked> {
  const { log, shown, folds, readLines, isLong } = walk;
  const end = to ?? log.summary.lines;
  const rows: Row[] = [];
  let line = nextShown(log, shown, from, 1);
  while (line <= end) {
    if (rows.length >= maxRows || isLong()) return { rows, next: line };
    const fold = shown.isFolded ? await folds.atOrAfter(line) : null;
    const isIn = fold !== null && fold.firstLine <= line;
    if (fold && isIn && !isAround(fold, shown.open)) {
      rows.push({ kind: "fold", fold });
      line = nextShown(log, shown, fold.lastLine + 1, 1);
      continue;
    }
    if (fold?.firstLine === line) rows.push({ kind: "opened", fold });
    const limit = fold ? (isIn ? fold.lastLine : fold.firstLine - 1) : end;
    const last = Math.min(lastLineOf(log, blockOfLine(log, line)), limit, end);
    const lines = await readLines(line, last);
    const taken = lines.slice(0, maxRows - rows.length);
    for (const one of taken) rows.push({ kind: "line", line: one });
    const lastTaken = taken.length < lines.length ? taken.at(-1)?.number : last;
    line = nextShown(log, shown, (lastTaken ?? line) + 1, 1);
  }
  return { rows, next: null };
}

/** Like `walkDown`, upwards: the rows come out from the last to the first. */
async function walkUp(walk: Walk, from: number, maxRows: number): Promise<Walked> {
  const { log, shown, folds, readLines, isLong } = walk;
  const rows: Row[] = [];
  let line = nextShown(log, shown, from, -1);
  while (line >= 1) {
    if (rows.length >= maxRows || isLong()) return { rows, next: line };
    const fold = shown.isFolded ? await folds.atOrBefore(line) : null;
    const isIn = fold !== null && fold.lastLine >= line;
    if (fold && isIn && !isAround(fold, shown.open)) {
      rows.push({ kind: "fold", fold });
      line = nextShown(log, shown, fold.firstLine - 1, -1);
      continue;
    }
    const limit = fold ? (isIn ? fold.firstLine : fold.lastLine + 1) : 1;
    const first = Math.max(blockAt(log, blockOfLine(log, line)).firstLine, limit);
    const lines = (await readLines(first, line)).toReversed();
    const taken = lines.slice(0, maxRows - rows.length);
    for (const one of taken) rows.push({ kind: "line", line: one });
    const lastTaken = (taken.length < lines.length ? taken.at(-1)?.number : first) ?? line;
    if (fold && isIn && fold.firstLine === lastTaken) rows.push({ kind: "opened", fold });
    line = nextShown(log, shown, lastTaken - 1, -1);
  }
  return { rows, next: null };
}

/** From a line on, that way, the first one in a block where anything is shown: an error begins or goes on there. */
function nextShown(log: PreparedLog, { onlyErrors }: Shown, line: number, step: 1 | -1): number {
  if (!onlyErrors || line < 1 || line > log.summary.lines) return line;
  const isShown = (block: number) =>
    errorsInBlock(log, block) > 0 || isErrorLevel(blockAt(log, block).levelBefore);
  let block = blockOfLine(log, line);
  if (isShown(block)) return line;
  while (block >= 0 && block < blockCount(log) && !isShown(block)) block += step;
  if (block < 0) return 0;
  if (block === blockCount(log)) return log.summary.lines + 1;
  return step > 0 ? blockAt(log, block).firstLine : lastLineOf(log, block);
}

function lastLineOf(log: PreparedLog, block: number): number {
  return block === blockCount(log) - 1 ? log.summary.lines : blockAt(log, block + 1).firstLine - 1;
}
