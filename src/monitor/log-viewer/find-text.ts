import { LRUCache } from "lru-cache";
import { isErrorLevel } from "../../protocol/log-head.ts";
import {
  type Block,
  blockAt,
  blockCount,
  blockOfLine,
  linesOfBlock,
  type PreparedLog,
  withBlocks,
} from "./prepared-log.ts";
import { readStoredLine } from "./raw-lines.ts";

/** How long a page waits for counts that nobody asked for. */
const MAX_COUNT_MS = 150;
const MAX_COUNTED = 10_000;
/** For a log of 1.5 GB each takes 200 kB. */
const KEPT_COUNTS = 50;

export type Direction = "next" | "previous";

export interface Wanted {
  text: string;
  onlyErrors: boolean;
}

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

interface MatchCounts {
  wanted: Wanted;
  /** The number of matches before each block. */
  before: Uint32Array;
  countedBlocks: number;
  total: number;
}

const countsByText = new LRUCache<string, MatchCounts>({ max: KEPT_COUNTS });

/** Goes on where an earlier count stopped, block by block. @throws the signal's reason. */
export async function countMatches(
  log: PreparedLog,
  wanted: Wanted,
  { signal, maxMs }: { signal: AbortSignal; maxMs: number },
): Promise<MatchCounts> {
  const counts = countsOf(log, wanted);
  if (isCounted(log, counts)) return counts;
  const deadline = performance.now() + maxMs;
  return await withBlocks(log, async (readText) => {
    while (!isCounted(log, counts) && performance.now() < deadline) {
      signal.throwIfAborted();
      const index = counts.countedBlocks;
      const text = await readText(index);
      if (index !== counts.countedBlocks) continue; // somebody else counts too
      counts.before[index] = counts.total;
      counts.total += matchingLines(blockAt(log, index), text, counts.wanted).length;
      counts.countedBlocks++;
    }
    return counts;
  });
}

function countsOf(log: PreparedLog, wanted: Wanted): MatchCounts {
  const key = `${log.textFile}\n${wanted.onlyErrors}\n${wanted.text.toLowerCase()}`;
  const known = countsByText.get(key);
  if (known) return known;
  const counts = { wanted, before: new Uint32Array(blockCount(log)), countedBlocks: 0, total: 0 };
  countsByText.set(key, counts);
  return counts;
}

/** All blocks are counted, or there are too many matches. */
function isCounted(log: PreparedLog, { countedBlocks, total }: MatchCounts): boolean {
  return countedBlocks === blockCount(log) || total > MAX_COUNTED;
}

/** The ordinal of a line among the matches; null = it does not match, or that is not counted yet. */
export async function placeOfMatch(
  log: PreparedLog,
  { wanted, before, countedBlocks }: MatchCounts,
  line: number,
): Promise<number | null> {
  const index = blockOfLine(log, line);
  if (index >= countedBlocks) return null;
  const text = await withBlocks(log, (readText) => readText(index));
  const place = matchingLines(blockAt(log, index), text, wanted).indexOf(line);
  return place < 0 ? null : (before[index] ?? 0) + place + 1;
}

export interface ShownMatches {
  total: number;
  isCut: boolean;
  /** The ordinal of the page's line, see `placeOfMatch`. */
  place: number | null;
}

/** Counts the matches for a page about a line. */
export async function readMatches(
  log: PreparedLog,
  wanted: Wanted,
  line: number,
  signal: AbortSignal,
): Promise<ShownMatches> {
  const counts = await countMatches(log, wanted, { signal, maxMs: MAX_COUNT_MS });
  return {
    total: Math.min(counts.total, MAX_COUNTED),
    isCut: counts.countedBlocks < blockCount(log) || counts.total > MAX_COUNTED,
    place: await placeOfMatch(log, counts, line),
  };
}

function matchingLines(block: Block, text: string, wanted: Wanted): number[] {
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
