import { isErrorLevel } from "../../protocol/log-head.ts";
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
import { foldAround, type Shown, withFolds } from "./read-folds.ts";

/** The lines of the errors around a line; null = there is none. */
interface ErrorsAround {
  previous: number | null;
  next: number | null;
  /** The number of errors up to and including the line. */
  upTo: number;
}

/** `isSame`: no other error stands on that side, only repeats of one. */
export interface OtherErrorsAround extends ErrorsAround {
  isSame: { previous: boolean; next: boolean };
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

/** Passes over errors that only repeat others, as long as there are others. */
export async function findOtherErrorsAround(log: PreparedLog, line: number): Promise<OtherErrorsAround> {
  const around = await findErrorsAround(log, line);
  return await withFolds(log, "sameErrors", async (folds) => {
    const repeatsAround = async (error: number | null) => error && (await foldAround(folds, error));
    const errorBefore = async (line: number | null) => line && (await findErrorsAround(log, line)).previous;
    let { previous, next } = around;
    for (let fold = await repeatsAround(next); fold; fold = await repeatsAround(next))
      ({ next } = await findErrorsAround(log, fold.lastLine));
    const own = await repeatsAround(line);
    // What the line itself repeats is no other error.
    if (own) previous = await errorBefore(await errorBefore(own.firstLine));
    for (let fold = await repeatsAround(previous); fold; fold = await repeatsAround(previous))
      previous = await errorBefore(fold.firstLine);
    return {
      upTo: around.upTo,
      previous: previous ?? around.previous,
      next: next ?? around.next,
      isSame: { previous: previous === null, next: next === null },
    };
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
