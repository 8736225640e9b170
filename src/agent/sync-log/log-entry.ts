import { cutMessage, type ExchangeMatcher, type MatchedLine } from "./exchange-matcher.ts";

/** How far below a line its exception is looked for. */
export const MAX_CONTINUATION_LINES = 20;

const ENDS_OPEN = /[-—–:|\]]\s*$/;
const STACK_FRAME = /^\s+(?:at|в)\s/;
const EXCEPTION = /^\s*(?:-+>\s*)?[\w.]+(?:Exception|Error)\b/;

/**
 * Tells what a line says together with those below that continue it: log4net puts a message on the next line when it
 * begins with a line end, and exceptions always.
 * @param continuation lines without a time of their own, as they stand in the file.
 */
export function matchEntry(
  line: string,
  continuation: () => string[],
  matcher: ExchangeMatcher,
): MatchedLine | null {
  const whole = joinMessage(line, continuation);
  const matched = matcher.match(whole);
  if (matched?.message == null) return matched;
  const exception = continuation().find((text) => EXCEPTION.test(text));
  if (exception === undefined || whole.endsWith(exception.trim())) return matched;
  return { ...matched, message: cutMessage(`${matched.message}: ${exception.trim()}`) };
}

/** A line with its message, where that begins on the next one. */
export function joinMessage(line: string, continuation: () => readonly string[]): string {
  const message = isContinued(line) ? continuation().find(isText) : undefined;
  return message === undefined ? line : `${line.trimEnd()} ${message.trim()}`;
}

/** Whether a line ends where its message would begin. */
export function isContinued(line: string): boolean {
  return ENDS_OPEN.test(line);
}

function isText(text: string): boolean {
  return text.trim() !== "" && !STACK_FRAME.test(text);
}
