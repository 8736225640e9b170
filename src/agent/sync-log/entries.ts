import type { ExchangeEventKind } from "../config/log-patterns.ts";

/** So many lines above a line without a time are searched for its time. */
const MAX_LINES_WITHOUT_TIME = 500;

/**
 * Takes lines newest first: an entry is a line with a time and the lines below it without one.
 * @param found gets what an entry says, with its time.
 */
export function createEntries<Line>(
  kindOf: (line: Line) => ExchangeEventKind,
  found: (line: Line, at: number | null) => void,
) {
  let waiting: Line[] = [];
  let linesWithoutTime = 0;

  /** @param line null = it says nothing. @param at its own time, ms UTC; null without one. */
  function add(line: Line | null, at: number | null): void {
    if (at !== null) {
      const last = lastOf(line, waiting, kindOf);
      waiting = [];
      if (last !== null) found(last, at);
      return;
    }
    if (waiting.length === 0) linesWithoutTime = 0;
    if (line !== null) waiting.push(line);
    linesWithoutTime += 1;
    if (linesWithoutTime >= MAX_LINES_WITHOUT_TIME) end();
  }

  /** To be called at the top of a file: the remaining lines have no time. */
  function end(): void {
    for (const line of waiting) found(line, null);
    waiting = [];
  }

  return { isWaiting: () => waiting.length > 0, add, end };
}

/** The last line about the end of an exchange, otherwise the last attempt. @param below newest first. */
export function lastOf<Line>(
  header: Line | null,
  below: readonly Line[],
  kindOf: (line: Line) => ExchangeEventKind,
): Line | null {
  const lines = header === null ? below : [...below, header];
  return lines.find((line) => kindOf(line) !== "attempted") ?? lines[0] ?? null;
}
