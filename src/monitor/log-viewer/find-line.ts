import { lineKey } from "./line-key.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  errorsInBlock,
  isError,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";

/** How many blocks with errors are searched for another error than that of the line. */
const MAX_PASSED_BLOCKS = 20;

/** The lines of the errors around a line; null = there is none. */
export interface ErrorsAround {
  previous: number | null;
  next: number | null;
  /** The number of errors up to and including the line. */
  upTo: number;
}

/**
 * Finds the errors before and after a line. Errors that only repeat the one at the line are passed over, unless no other is
 * near.
 */
export async function findErrorsAround(log: PreparedLog, line: number): Promise<ErrorsAround> {
  if (log.summary.errors === 0) return { previous: null, next: null, upTo: 0 };
  return await withBlocks(log, async (readText) => {
    const here = blockOfLine(log, line);
    const lines = linesOfBlock(blockAt(log, here), await readText(here));
    const upTo =
      blockAt(log, here).errorsBefore + lines.filter((one) => isError(one) && one.number <= line).length;
    const entry = lines.findLast(({ isHead, number }) => isHead && number <= line);
    const ownKey = entry && isError(entry) ? lineKey(entry.text) : null;

    async function findError(step: 1 | -1): Promise<number | null> {
      let nearest: number | null = null;
      let readBlocks = 0;
      for (let index = here; index >= 0 && index < blockCount(log); index += step) {
        if (errorsInBlock(log, index) === 0) continue;
        if (nearest !== null && readBlocks >= MAX_PASSED_BLOCKS) break;
        const errors = linesOfBlock(blockAt(log, index), await readText(index)).filter(
          (one) => isError(one) && (one.number - line) * step > 0,
        );
        readBlocks++;
        if (step < 0) errors.reverse();
        nearest ??= errors[0]?.number ?? null;
        const other = errors.find(({ text }) => lineKey(text) !== ownKey);
        if (other) return other.number;
      }
      return nearest;
    }

    return { previous: await findError(-1), next: await findError(1), upTo };
  });
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
