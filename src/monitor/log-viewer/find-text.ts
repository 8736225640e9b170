import { isErrorLevel } from "../../protocol/log-head.ts";
import type { Block } from "./prepared-format.ts";
import {
  blockAt,
  blockCount,
  blockOfLine,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";
import { readStoredLine } from "./stored-line.ts";

export type Direction = "next" | "previous";

interface TextSearch extends Wanted {
  /** The search begins after this line, or before it. */
  from: number;
  direction: Direction;
  signal: AbortSignal;
  maxMs: number;
}

/** `isWrapped`: it went on at the other end of the file; `paused`: the time was over at this line. */
type TextFound =
  | { kind: "found"; line: number; isWrapped: boolean }
  | { kind: "nothing" }
  | { kind: "paused"; line: number };

/** Searches block by block, so that other requests get their turn in between. @throws the signal's reason. */
export async function findText(log: PreparedLog, search: TextSearch): Promise<TextFound> {
  const { from, direction, signal, maxMs } = search;
  const deadline = performance.now() + maxMs;
  const count = blockCount(log);
  if (count === 0) return { kind: "nothing" };
  const step = direction === "next" ? 1 : -1;
  const start = blockOfLine(log, from);
  return await withBlocks(log, async (readText) => {
    // The block of the line comes first and last: its part on the other side is the end of the search.
    for (let done = 0; done <= count; done++) {
      signal.throwIfAborted();
      const index = (start + step * done + count) % count;
      const block = blockAt(log, index);
      const isAtItsEnd = index === (direction === "next" ? 0 : count - 1);
      // Reads at least one block beyond that of the line, so that going on from there gets further.
      if (done > 1 && !isAtItsEnd && performance.now() > deadline) {
        const line = direction === "next" ? block.firstLine - 1 : blockAt(log, index + 1).firstLine;
        return { kind: "paused", line };
      }
      const matches = matchingLines(block, await readText(index), search).filter(
        (line) => (done > 0 && done < count) || isAhead(line) === (done === 0),
      );
      const line = direction === "next" ? matches[0] : matches.at(-1);
      if (line !== undefined) return { kind: "found", line, isWrapped: !isAhead(line) };
    }
    return { kind: "nothing" };
  });

  function isAhead(line: number): boolean {
    return direction === "next" ? line > from : line < from;
  }
}

export interface Wanted {
  text: string;
  onlyErrors: boolean;
}

export function matchingLines(block: Block, text: string, wanted: Wanted): number[] {
  const sought = wanted.text.toLowerCase();
  const lower = text.toLowerCase();
  if (!lower.includes(sought)) return [];
  const matches = lower
    .split("\n")
    .flatMap((line, index) => (readStoredLine(line).text.includes(sought) ? [block.firstLine + index] : []));
  if (!wanted.onlyErrors || matches.length === 0) return matches;
  const lines = linesOfBlock(block, text);
  return matches.filter((number) => isErrorLevel(lines[number - block.firstLine]?.level ?? "none"));
}
