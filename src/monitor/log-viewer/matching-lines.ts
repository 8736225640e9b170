import { isErrorLevel } from "../../protocol/log-head.ts";
import type { Block } from "./prepared-format.ts";
import { linesOfBlock } from "./prepared-log.ts";
import { readStoredLine } from "./stored-line.ts";

/** What is looked for, in any letter case. */
export interface Wanted {
  text: string;
  onlyErrors: boolean;
}

/** Prepares what is looked for, once for all blocks. */
export function wantedText({ text, onlyErrors }: Wanted): Wanted {
  return { text: text.toLowerCase(), onlyErrors };
}

/** The numbers of the lines of a block that match; `wanted` comes from `wantedText`. */
export function matchingLines(block: Block, text: string, wanted: Wanted): number[] {
  const lower = text.toLowerCase();
  if (!lower.includes(wanted.text)) return [];
  const matches = lower
    .split("\n")
    .flatMap((line, index) =>
      readStoredLine(line).text.includes(wanted.text) ? [block.firstLine + index] : [],
    );
  if (!wanted.onlyErrors || matches.length === 0) return matches;
  const lines = linesOfBlock(block, text);
  return matches.filter((number) => isErrorLevel(lines[number - block.firstLine]?.level ?? "none"));
}
