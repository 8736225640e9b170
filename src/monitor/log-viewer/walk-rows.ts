import { isErrorLevel } from "../../protocol/log-head.ts";
import type { Fold } from "./find-runs.ts";
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
import { type FoldReader, isAround, type Shown, withFolds } from "./read-folds.ts";

/** How much text is read for one page; if it has fewer rows then, the next goes on from there. */
const MAX_BLOCKS = 100;

/** `opened`: the heading above the lines of an open fold. */
export type Row =
  | { kind: "line"; line: PreparedLine }
  | { kind: "fold"; fold: Fold }
  | { kind: "opened"; fold: Fold };

export interface Walk {
  log: PreparedLog;
  shown: Shown;
  folds: FoldReader;
  readLines: (from: number, to: number) => Promise<PreparedLine[]>;
  isLong: () => boolean;
}

interface Walked {
  rows: Row[];
  /** The line to go on from; null = the end is reached. */
  next: number | null;
}

export async function walkThrough<Result>(
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

/** Reads up to `maxRows` rows from a line down to another one. */
export async function walkDown(
  walk: Walk,
  from: number,
  maxRows: number,
  to = walk.log.summary.lines,
): Promise<Walked> {
  const { log, shown, folds, readLines, isLong } = walk;
  const rows: Row[] = [];
  let line = nextShown(log, shown, from, 1);
  while (line <= to) {
    if (rows.length >= maxRows || isLong()) return { rows, next: line };
    const fold = shown.isFolded ? await folds.atOrAfter(line) : null;
    const isIn = fold !== null && fold.firstLine <= line;
    if (fold && isIn && !isAround(fold, shown.open)) {
      rows.push({ kind: "fold", fold });
      line = nextShown(log, shown, fold.lastLine + 1, 1);
      continue;
    }
    if (fold?.firstLine === line) rows.push({ kind: "opened", fold });
    const limit = fold ? (isIn ? fold.lastLine : fold.firstLine - 1) : to;
    const last = Math.min(lastLineOf(log, blockOfLine(log, line)), limit, to);
    const lines = await readLines(line, last);
    const taken = lines.slice(0, maxRows - rows.length);
    for (const one of taken) rows.push({ kind: "line", line: one });
    const lastTaken = taken.length < lines.length ? taken.at(-1)?.number : last;
    line = nextShown(log, shown, (lastTaken ?? line) + 1, 1);
  }
  return { rows, next: null };
}

/** Like `walkDown`, upwards: the rows come out from the last to the first. */
export async function walkUp(walk: Walk, from: number, maxRows: number): Promise<Walked> {
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

/** The nearest line in that direction in a block where anything is shown: an error begins or goes on there. */
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
