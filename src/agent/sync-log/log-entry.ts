import type { Pattern } from "../../protocol/pattern.ts";
import { OF_FAILURE } from "../../protocol/taught-pattern.ts";
import type { ExchangeEventKind } from "../config/log-patterns.ts";
import { type ExchangeMatcher, type MatchedLine, STACK_FRAME, toMessage } from "./exchange-matcher.ts";
import { splitHeader } from "./log-header.ts";

/** So many lines above a line without a time are searched for its time. */
const MAX_LINES_WITHOUT_TIME = 500;
const MAX_HEADER_LENGTH = 500;
/** A quick test: most lines end differently. */
const ENDS_LIKE_HEADER = /[-—–\]]\s*$/;
const OF_NETWORK = /timeout|\beof\b|\be(?:conn|timed|pipe)|traceback|(?<!\p{L})не\s/iu;
const EXCEPTION = /^\s*(?:-+>\s*)?[\w.]*(?:Exception|Error)\b/;

/** So many lines below a line are searched for its exception. */
export const MAX_CONTINUATION_LINES = 20;

/**
 * log4net continues a line below: with exceptions, and with messages that begin with a line end.
 * @param continuation untimed lines.
 */
export function matchEntry(
  line: string,
  continuation: () => string[],
  matcher: ExchangeMatcher,
): MatchedLine | null {
  const whole = joinMessage(line, continuation, matcher.timestamp);
  const matched = matcher.match(whole);
  if (matched === null) return null;
  const exception = continuation().find((text) => EXCEPTION.test(text));
  const isDoubtful =
    exception !== undefined ||
    (whole === line && continuation().some((text) => OF_FAILURE.test(text) || OF_NETWORK.test(text)));
  if (matched.kind !== "failed") return matched.isGuess && isDoubtful ? null : matched;
  if (exception === undefined || whole.endsWith(exception.trim())) return matched;
  return { ...matched, message: toMessage(`${matched.message}: ${exception.trim()}`) };
}

/** Adds the message to a line that is only a header, with the message on the next line. */
export function joinMessage(
  line: string,
  continuation: () => readonly string[],
  timestamp: Pattern | null,
): string {
  const message = isHeaderAlone(line, timestamp) ? continuation().find(isText) : undefined;
  return message === undefined ? line : `${line.trimEnd()} ${message.trim()}`;
}

/** A message may end like a header, and the line after it may be about a guest. */
export function isHeaderAlone(line: string, timestamp: Pattern | null): boolean {
  if (line.length > MAX_HEADER_LENGTH || !ENDS_LIKE_HEADER.test(line)) return false;
  return splitHeader(line, timestamp).message === "";
}

function isText(text: string): boolean {
  return text.trim() !== "" && !STACK_FRAME.test(text);
}

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
