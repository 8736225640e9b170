import { LRUCache } from "lru-cache";
import { matchingLines, type Wanted, wantedText } from "./find-text.ts";
import { blockAt, blockCount, blockOfLine, type PreparedLog, withBlocks } from "./prepared-log.ts";
import type { Rows } from "./read-rows.ts";
import type { ViewQuery } from "./view-query.ts";

/** A page that nobody searched for waits for its counts no longer. */
const MAX_COUNT_MS = 150;
/** What matches more lines than this is not counted to its end. */
const MAX_COUNTED = 10_000;
/** Of 1.5 GB each takes 200 kB. */
const KEPT_COUNTS = 50;

/** How many lines match a text, as far as they were counted. */
interface MatchCounts {
  wanted: Wanted;
  /** How many there are before each block. */
  before: Uint32Array;
  countedBlocks: number;
  total: number;
}

const kept = new LRUCache<string, MatchCounts>({ max: KEPT_COUNTS });

/**
 * Counts the lines that match, a block at a time, from where it was given up before.
 * @param signal ends it for an asker who has left. @throws its reason.
 */
export async function countMatches(
  log: PreparedLog,
  wanted: Wanted,
  { signal, maxMs }: { signal: AbortSignal; maxMs: number },
): Promise<MatchCounts> {
  const counts = countsOf(log, wantedText(wanted));
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

/** Whether nothing is left to count: all of it is, or there are too many. */
function isCounted(log: PreparedLog, { countedBlocks, total }: MatchCounts): boolean {
  return countedBlocks === blockCount(log) || total > MAX_COUNTED;
}

/** Whether there may be more than were counted. */
function isCountCut(log: PreparedLog, { countedBlocks }: MatchCounts): boolean {
  return countedBlocks < blockCount(log);
}

/** How many matches there are up to each of these lines, itself included; null = it was not counted so far. */
export async function matchesUpTo(
  log: PreparedLog,
  counts: MatchCounts,
  lines: readonly number[],
): Promise<(number | null)[]> {
  const { before, countedBlocks, total, wanted } = counts;
  let read: { index: number; matches: number[] } | null = null;
  return await withBlocks(log, async (readText) => {
    const upTo: (number | null)[] = [];
    for (const line of lines) {
      const index = blockOfLine(log, line);
      if (index >= countedBlocks) {
        upTo.push(null);
        continue;
      }
      const beforeBlock = before[index] ?? 0;
      const inBlock = (index + 1 < countedBlocks ? (before[index + 1] ?? 0) : total) - beforeBlock;
      if (inBlock > 0 && read?.index !== index) {
        read = { index, matches: matchingLines(blockAt(log, index), await readText(index), wanted) };
      }
      const matches = inBlock > 0 ? (read?.matches ?? []) : [];
      upTo.push(beforeBlock + matches.filter((number) => number <= line).length);
    }
    return upTo;
  });
}

function countsOf(log: PreparedLog, wanted: Wanted): MatchCounts {
  const key = `${log.textFile}\n${wanted.onlyErrors}\n${wanted.text}`;
  const known = kept.get(key);
  if (known) return known;
  const counts = { wanted, before: new Uint32Array(blockCount(log)), countedBlocks: 0, total: 0 };
  kept.set(key, counts);
  return counts;
}

/** How many lines match, as far as they were counted; null = nothing is looked for. */
export interface ShownMatches {
  total: number;
  /** There are more. */
  isCut: boolean;
  /** Which of them the page's line is; null = it is none, or nobody knows. */
  place: number | null;
  /** By the first line of a fold: how many of them are in it. */
  inFolds: ReadonlyMap<number, number | null>;
}

/** Counts the matches of a page: all of them, those up to its line, and those in its folds; null = nothing is looked for. */
export async function readMatches(
  log: PreparedLog,
  query: ViewQuery,
  { rows }: Rows,
  current: number | null,
  signal: AbortSignal,
): Promise<ShownMatches | null> {
  const { text, onlyErrors } = query;
  if (text.trim() === "" || log.summary.lines === 0) return null;
  const counts = await countMatches(log, { text, onlyErrors }, { signal, maxMs: MAX_COUNT_MS });
  const folds = rows.flatMap((row) => (row.kind === "fold" ? row.fold : []));
  const ends = folds.flatMap(({ firstLine, lastLine }) => [firstLine - 1, lastLine]);
  const [before = null, upTo = null] = await matchesUpTo(log, counts, [(current ?? 1) - 1, current ?? 1]);
  const atEnds = await matchesUpTo(log, counts, ends);
  return {
    total: Math.min(counts.total, MAX_COUNTED),
    isCut: isCountCut(log, counts) || counts.total > MAX_COUNTED,
    place: before !== null && upTo !== null && upTo > before ? upTo : null,
    inFolds: new Map(folds.map(({ firstLine }, index) => [firstLine, matchesIn(atEnds, index)])),
  };
}

function matchesIn(atEnds: readonly (number | null)[], index: number): number | null {
  const [before = null, upTo = null] = atEnds.slice(2 * index, 2 * index + 2);
  return before === null || upTo === null ? null : upTo - before;
}
