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
  const message = isContinued(line) ? continuation().find(isText) : undefined;
  const matched = matcher.match(message === undefined ? line : `${line.trimEnd()} ${message.trim()}`);
  if (matched?.message == null) return matched;
  const exception = continuation().find((text) => EXCEPTION.test(text));
  if (exception === undefined || exception === message) return matched;
  return { ...matched, message: cutMessage(`${matched.message}: ${exception.trim()}`) };
}

/** Whether a line ends where its message would begin. */
export function isContinued(line: string): boolean {
  return ENDS_OPEN.test(line);
}

function isText(text: string): boolean {
  return text.trim() !== "" && !STACK_FRAME.test(text);
}
