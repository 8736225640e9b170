import { REASONS } from "./structured-line.ts";

/** What stands for a number, a time or an identifier in a folded line, and for a quoted name. */
export const FOLDED_NUMBER = "#";
export const FOLDED_NAME = "«…»";

/** Words of failures: what has one of them is hardly a success. */
export const OF_FAILURE =
  /fail|error|drop|abort|reject|refus|denied|unable|cannot|timed? ?out|\blost\b|broken|ошиб|сбо[йяе]|прерв|отклон|отказ|не (?:удал|выполн|заверш)|неудач|сорван|разорв|потер/i;

/** What comes before a field that says why: `unit=courier why=the host hung up`. */
const WHY = new RegExp(`^.*?\\s(?:${REASONS})=`, "iu");

/**
 * Makes the pattern of all lines that were folded into this text.
 * @param isMessage it is a failure: `Cycle dropped: no answer` then covers every reason.
 * @param isOfOthers whether the words before a reason, if none means failure, begin other lines as well.
 */
export function patternOfKind(
  text: string,
  isMessage = false,
  isOfOthers: (head: string) => boolean = () => true,
): string {
  const heads = isMessage ? headsOf(text) : [];
  const why = isMessage ? WHY.exec(text)?.[0] : undefined;
  const head = heads.find((one) => OF_FAILURE.test(one)) ?? why ?? heads.find((one) => !isOfOthers(one));
  if (head !== undefined) return patternOfHead(head);
  // The number that a text ends with is not the beginning of another one.
  const pattern = `${patternOf(text)}${/\d$/.test(text) ? "\\b" : ""}`;
  return isMessage ? `(?<message>${pattern})` : pattern;
}

/** The patterns by which a failure may have been taught: its own, and those that stand for other reasons too. */
export function patternsOfFailure(text: string): string[] {
  return [patternOfKind(text, true), ...headsOf(text).map(patternOfHead)];
}

/** What stands before a reason. */
function headsOf(text: string): string[] {
  return [...text.matchAll(/: /g)].map(({ index }) => text.slice(0, index + 1));
}

function patternOfHead(head: string): string {
  return `(?<message>${patternOf(head)}.*)`;
}

function patternOf(text: string): string {
  return text
    .split(new RegExp(`(${FOLDED_NAME}|${FOLDED_NUMBER})`))
    .map((part) => (part === FOLDED_NAME ? ".+" : part === FOLDED_NUMBER ? "\\S+" : escapeLiteral(part)))
    .join("");
}

/** What more of a log than this calls a success is none: it would make everything green. */
const MAX_SHARE_OF_LINES = 0.75;
const MIN_LINES = 20;

/** Whether too many lines count as a success for that to be true. */
export function isTooCommon(count: number, lines: number): boolean {
  return lines >= MIN_LINES && count > lines * MAX_SHARE_OF_LINES;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
