/** What stands for a number, a time or an identifier in a folded line, and for a quoted name. */
export const FOLDED_NUMBER = "#";
export const FOLDED_NAME = "«…»";

/** Makes the pattern of all lines that were folded into this text. */
export function patternOfKind(text: string, isMessage = false): string {
  const pattern = text
    .split(new RegExp(`(${FOLDED_NAME}|${FOLDED_NUMBER})`))
    .map((part) => (part === FOLDED_NAME ? ".+" : part === FOLDED_NUMBER ? "\\S+" : escapeLiteral(part)))
    .join("");
  return isMessage ? `(?<message>${pattern})` : pattern;
}

/** A "success" that is said by more of a log, of at least so many lines, is none: it would make everything green. */
const MAX_SHARE_OF_LINES = 0.75;
const MIN_LINES = 20;

/** Whether successes are found in so much of a log that they cannot be any. */
export function isTooCommon(count: number, lines: number): boolean {
  return lines >= MIN_LINES && count > lines * MAX_SHARE_OF_LINES;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
