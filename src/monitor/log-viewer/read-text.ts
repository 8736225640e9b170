import { isErrorLevel } from "../../protocol/log-head.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";

export interface AskedLines {
  /** Both included. */
  from: number;
  to: number;
  onlyErrors: boolean;
}

/** Reads lines as one text, which ends each with a line feed; null = they are more than so many bytes. */
export async function readTextOfLines(
  log: PreparedLog,
  { from, to, onlyErrors }: AskedLines,
  maxBytes: number,
): Promise<string | null> {
  if (blockCount(log) === 0) return "";
  const [first, last] = [blockOfLine(log, from), blockOfLine(log, to)];
  // At least the blocks between the two are read whole.
  if (last > first + 1 && blockAt(log, last).offset - blockAt(log, first + 1).offset > maxBytes) return null;
  return await withBlocks(log, async (readText) => {
    const texts: string[] = [];
    for (let index = first; index <= last; index++) {
      for (const { number, level, text } of linesOfBlock(blockAt(log, index), await readText(index))) {
        if (number < from || number > to || (onlyErrors && !isErrorLevel(level))) continue;
        texts.push(`${text}\n`);
      }
    }
    return texts.join("");
  });
}
