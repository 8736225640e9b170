import { countMatches } from "./count-matches.ts";
import { findOpening, findTime } from "./find-line.ts";
import { findText } from "./find-text.ts";
import type { PreparedLog } from "./prepared-log.ts";
import { readPlace } from "./read-place.ts";
import type { Searched, ViewQuery } from "./view-query.ts";

const MAX_TEXT_CHARACTERS = 200;
const MINUTE_MS = 60_000;
const MAX_SEARCH_MS = 5_000;
const MAX_COUNT_MS = 2_000;

/** Keys of what is wrong with a field. */
export interface FieldProblems {
  text?: "nothing" | "longText";
  goTo?: "place";
}

/** The line that a request leads to; null = it asks for lines to show. */
export type Destination =
  | { line: number; searched: Searched | null; isSearchOver?: true }
  | { problems: FieldProblems }
  | null;

/**
 * Finds where a search, a place to go to, or opening the file leads: it opens at its last error, which is what one opens
 * a log for, else at its end. A search also counts, so that the page it leads to can say how many there are.
 * @param signal ends a search whose asker has left.
 */
export async function findDestination(
  log: PreparedLog,
  query: ViewQuery,
  signal: AbortSignal,
): Promise<Destination> {
  const { lines } = log.summary;
  if (query.find) return await search(log, query, query.find, signal);
  if (query.goTo !== null) return await findPlace(log, query.goTo);
  const isOpened = [query.line, query.before, query.after].every((line) => line === null);
  if (!isOpened || lines === 0) return null;
  return { line: query.open ?? (await findOpening(log, query)), searched: null };
}

async function search(
  log: PreparedLog,
  query: ViewQuery,
  direction: NonNullable<ViewQuery["find"]>,
  signal: AbortSignal,
): Promise<Destination> {
  const { text, line, onlyErrors, isNewText } = query;
  // Whoever empties the field looks for nothing any more.
  if (text.trim() === "") {
    return { line: line ?? Math.max(await findOpening(log, query), 1), searched: null, isSearchOver: true };
  }
  if (text.length > MAX_TEXT_CHARACTERS) return { problems: { text: "longText" } };
  const start = line ?? (direction === "next" ? 0 : log.summary.lines + 1);
  const from = isNewText && line !== null ? start + (direction === "next" ? -1 : 1) : start;
  const wanted = { text, onlyErrors };
  const found = await findText(log, { ...wanted, from, direction, signal, maxMs: MAX_SEARCH_MS });
  if (found.kind === "nothing") return { problems: { text: "nothing" } };
  await countMatches(log, wanted, { signal, maxMs: MAX_COUNT_MS });
  if (found.kind === "paused") return { line: found.line, searched: "paused" };
  return { line: found.line, searched: found.isWrapped ? "wrapped" : null };
}

async function findPlace(log: PreparedLog, text: string): Promise<Destination> {
  const place = readPlace(text, log.summary);
  if (!place) return { problems: { goTo: "place" } };
  const { lines, firstTime, lastTime } = log.summary;
  if (place.kind === "line") {
    return { line: Math.max(1, Math.min(place.line, lines)), searched: place.line > lines ? "noLine" : null };
  }
  const isTooEarly = firstTime !== null && place.time + MINUTE_MS <= firstTime;
  const isTooLate = lastTime !== null && place.time > lastTime;
  return {
    line: await findTime(log, place.time),
    searched: isTooEarly ? "tooEarly" : isTooLate ? "tooLate" : null,
  };
}
