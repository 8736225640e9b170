import { isErrorLevel } from "../../protocol/log-head.ts";
import type { Fold } from "./find-runs.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  errorsInBlock,
  isError,
  linesOfBlock,
  type PreparedLog,
  readLines,
  withBlocks,
} from "./prepared-log.ts";
import { foldAround, isAround, type Shown, withFolds } from "./read-folds.ts";

/** The lines of the errors around a line; null = there is none. */
export interface ErrorsAround {
  previous: number | null;
  next: number | null;
  /** The number of errors up to and including the line. */
  upTo: number;
}

/** Finds the errors before and after a line; at most three blocks are read. */
export async function findErrorsAround(log: PreparedLog, line: number): Promise<ErrorsAround> {
  const { errors } = log.summary;
  if (errors === 0) return { previous: null, next: null, upTo: 0 };
  return await withBlocks(log, async (readText) => {
    const readErrors = async (index: number) => {
      const lines = linesOfBlock(blockAt(log, index), await readText(index));
      return lines.filter(isError).map(({ number }) => number);
    };
    const here = blockOfLine(log, line);
    const found = await readErrors(here);
    const upTo = blockAt(log, here).errorsBefore + found.filter((number) => number <= line).length;
    let previous = found.findLast((number) => number < line) ?? null;
    for (let index = here - 1; previous === null && index >= 0; index--) {
      if (errorsInBlock(log, index) > 0) previous = (await readErrors(index)).at(-1) ?? null;
    }
    let next = found.find((number) => number > line) ?? null;
    for (let index = here + 1; next === null && index < blockCount(log); index++) {
      if (errorsInBlock(log, index) > 0) next = (await readErrors(index))[0] ?? null;
    }
    return { previous, next, upTo };
  });
}

/** Skips errors in closed folds, which repeat what is shown above them, as long as others follow. */
export async function findShownErrorsAround(
  log: PreparedLog,
  line: number,
  shown: Shown,
): Promise<ErrorsAround> {
  const around = await findErrorsAround(log, line);
  if (!shown.isFolded) return around;
  return await withFolds(log, shown.onlyErrors ? "errors" : "all", async (folds) => {
    const closedAround = async (error: number | null): Promise<Fold | null> => {
      const fold = error === null ? null : await foldAround(folds, error);
      return fold && !isAround(fold, shown.open) ? fold : null;
    };
    let { previous, next } = around;
    for (let fold = await closedAround(next); fold; fold = await closedAround(next)) {
      ({ next } = await findErrorsAround(log, fold.lastLine));
    }
    for (let fold = await closedAround(previous); fold; fold = await closedAround(previous)) {
      ({ previous } = await findErrorsAround(log, fold.firstLine));
    }
    // If only folded errors are left, their fold opens.
    return { ...around, previous: previous ?? around.previous, next: next ?? around.next };
  });
}

/** The last error, else the last line; if that is folded, what it repeats. */
export async function findOpening(log: PreparedLog, shown: Shown): Promise<number> {
  const { lines, lastErrorLine } = log.summary;
  const line = lastErrorLine ?? lines;
  if (!shown.isFolded) return line;
  const fold = await withFolds(log, shown.onlyErrors ? "errors" : "all", (folds) => foldAround(folds, line));
  if (!fold) return line;
  const { previous } = await findErrorsAround(log, fold.firstLine);
  return lastErrorLine === null ? fold.firstLine - 1 : (previous ?? line);
}

/** The line of the page, whose fold opens for it; null when that line is not shown. */
export async function findOpenLine(
  log: PreparedLog,
  { line, onlyErrors }: { line: number | null; onlyErrors: boolean },
): Promise<number | null> {
  if (line === null || !onlyErrors) return line;
  const [read] = await readLines(log, line, line);
  return read && isErrorLevel(read.level) ? line : null;
}

/** The time of the entry that a line belongs to, or of the last one before it that has one; null = there is none. */
export async function timeOfLine(log: PreparedLog, line: number): Promise<number | null> {
  const block = blockAt(log, blockOfLine(log, line));
  const lines = await withBlocks(log, async (readText) =>
    linesOfBlock(block, await readText(blockOfLine(log, line))),
  );
  const head = lines.findLast(({ number, time }) => number <= line && time !== null);
  return head?.time ?? (Number.isNaN(block.timeBefore) ? null : block.timeBefore);
}

/** The line of the first entry at this time or after it; the last line when there is none. */
export async function findTime(log: PreparedLog, time: number): Promise<number> {
  return await withBlocks(log, async (readText) => {
    let index = 0;
    while (index + 1 < blockCount(log) && !(blockAt(log, index + 1).timeBefore >= time)) index++;
    for (; index < blockCount(log); index++) {
      const lines = linesOfBlock(blockAt(log, index), await readText(index));
      const found = lines.find((line) => line.time !== null && line.time >= time);
      if (found) return found.number;
    }
    return log.summary.lines;
  });
}
