import { LRUCache } from "lru-cache";
import { matchingLines, type Wanted } from "./find-text.ts";
import { blockAt, blockCount, blockOfLine, type PreparedLog, withBlocks } from "./prepared-log.ts";
import type { Rows } from "./read-rows.ts";
import type { ViewQuery } from "./view-query.ts";

/** How long a page waits for counts that nobody asked for. */
const MAX_COUNT_MS = 150;
const MAX_COUNTED = 10_000;
/** For a log of 1.5 GB each takes 200 kB. */
const KEPT_COUNTS = 50;

interface MatchCounts {
  wanted: Wanted;
  before: Uint32Array;
  countedBlocks: number;
  total: number;
}

const kept = new LRUCache<string, MatchCounts>({ max: KEPT_COUNTS });

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

/** All blocks are counted, or there are too many matches. */
function isCounted(log: PreparedLog, { countedBlocks, total }: MatchCounts): boolean {
  return countedBlocks === blockCount(log) || total > MAX_COUNTED;
}

/** The number of matches up to and including each of these lines; null = not counted yet. */
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
  const key = `${log.textFile}\n${wanted.onlyErrors}\n${wanted.text.toLowerCase()}`;
  const known = kept.get(key);
  if (known) return known;
  const counts = { wanted, before: new Uint32Array(blockCount(log)), countedBlocks: 0, total: 0 };
  kept.set(key, counts);
  return counts;
}

export interface ShownMatches {
  total: number;
  isCut: boolean;
  /** The ordinal of the page's line among them; null = it does not match, or that is not known. */
  place: number | null;
  /** The number of matches in each fold, by its first line. */
  inFolds: ReadonlyMap<number, number | null>;
}

/** Counts all matches, those up to the page's line, and those in its folds; null = nothing is searched for. */
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
    isCut: counts.countedBlocks < blockCount(log) || counts.total > MAX_COUNTED,
    place: before !== null && upTo !== null && upTo > before ? upTo : null,
    inFolds: new Map(folds.map(({ firstLine }, index) => [firstLine, matchesIn(atEnds, index)])),
  };
}

function matchesIn(atEnds: readonly (number | null)[], index: number): number | null {
  const [before = null, upTo = null] = atEnds.slice(2 * index, 2 * index + 2);
  return before === null || upTo === null ? null : upTo - before;
}
