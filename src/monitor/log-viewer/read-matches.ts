import { countMatches, isCountCut, MAX_COUNTED, matchesUpTo } from "./count-matches.ts";
import type { PreparedLog } from "./prepared-log.ts";
import type { Rows } from "./read-rows.ts";
import type { ShownMatches } from "./show-model.ts";
import type { ViewQuery } from "./view-query.ts";

/** A page that nobody searched for waits for its counts no longer. */
const MAX_COUNT_MS = 150;

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
