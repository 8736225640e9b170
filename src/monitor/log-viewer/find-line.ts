import {
  blockAt,
  blockCount,
  blockOfLine,
  errorsInBlock,
  isError,
  linesOfBlock,
  type PreparedLine,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";

/** The errors around a line: the numbers of their lines, null = there is none. */
export interface ErrorsAround {
  previous: number | null;
  next: number | null;
  /** How many there are up to the line, itself included. */
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

/** The line of the first entry at this time or after it; the last line when there is none. */
export async function findTime(log: PreparedLog, time: number): Promise<number> {
  return await withBlocks(log, async (readText) => {
    let index = 0;
    while (index + 1 < blockCount(log) && !(blockAt(log, index + 1).timeBefore >= time)) index++;
    for (; index < blockCount(log); index++) {
      const lines: PreparedLine[] = linesOfBlock(blockAt(log, index), await readText(index));
      const found = lines.find((line) => line.time !== null && line.time >= time);
      if (found) return found.number;
    }
    return log.summary.lines;
  });
}
