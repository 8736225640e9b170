import { MINUTE_MS } from "../../protocol/time-units.ts";
import { findTime } from "./find-line.ts";
import { countMatches, findText } from "./find-text.ts";
import type { LogSummary, PreparedLog } from "./prepared-log.ts";
import type { Searched, ViewQuery } from "./view-query.ts";

const LINE = /^\d{1,15}$/;
const CLOCK = "(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d))?(?:[.,](?<fraction>\\d{1,3})\\d*)?";
const MAX_TEXT_CHARACTERS = 200;
const MAX_SEARCH_MS = 5_000;
const MAX_COUNT_MS = 2_000;

/** What is wrong with the fields: keys of the catalog. */
export interface FieldProblems {
  text?: "nothing" | "longText";
  goTo?: "place";
}

/** null = it leads nowhere else. */
type Destination =
  | { line: number; searched: Searched | null; isSearchOver?: true }
  | { problems: FieldProblems }
  | null;

/**
 * Where a search, a place to go to, or opening the file leads: it opens at its last error, else at its end. A search also
 * counts the matches for the page.
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
  return { line: openingOf(log), searched: null };
}

/** The last error, else the last line. */
function openingOf({ summary }: PreparedLog): number {
  return summary.lastErrorLine ?? summary.lines;
}

async function search(
  log: PreparedLog,
  query: ViewQuery,
  direction: NonNullable<ViewQuery["find"]>,
  signal: AbortSignal,
): Promise<Destination> {
  const { text, line, onlyErrors, isNewText } = query;
  // An emptied field ends the search.
  if (text.trim() === "") {
    return { line: line ?? Math.max(openingOf(log), 1), searched: null, isSearchOver: true };
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

const TIMES = [
  new RegExp(`^${CLOCK}$`),
  new RegExp(`^(?<day>\\d{1,2})\\.(?<month>\\d{1,2})(?:\\.(?<year>\\d{4}))?[ T]+${CLOCK}$`),
  new RegExp(`^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[ T]+${CLOCK}$`),
];

type Place = { kind: "line"; line: number } | { kind: "time"; time: number };

/**
 * `1204`, `13:42`, `13:42:10`, `24.11 13:42`, `24.11.2026 13:42` or `2026-11-24 13:42`; parts left out are those of the
 * log's end. null = none of these, or the log has no times.
 */
function readPlace(text: string, { lastTime }: LogSummary): Place | null {
  if (LINE.test(text)) return { kind: "line", line: Number(text) };
  const groups = TIMES.map((pattern) => pattern.exec(text)?.groups).find(Boolean);
  if (!groups || lastTime === null) return null;
  const end = new Date(lastTime);
  const [year, month, day] = [
    Number(groups.year ?? end.getUTCFullYear()),
    Number(groups.month ?? end.getUTCMonth() + 1),
    Number(groups.day ?? end.getUTCDate()),
  ];
  const [hour, minute, second] = [Number(groups.hour), Number(groups.minute), Number(groups.second ?? 0)];
  const millisecond = Number((groups.fraction ?? "").padEnd(3, "0"));
  const time = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const read = new Date(time);
  const isReal = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal && second < 60 ? { kind: "time", time } : null;
}
