import { REASONS } from "./structured-line.ts";

/** Stand for a number, time or identifier, and for a quoted name, in a folded line. */
export const FOLDED_NUMBER = "#";
export const FOLDED_NAME = "«…»";

/** A line with a word of failure is hardly a success. */
export const OF_FAILURE =
  /fail|error|drop|abort|reject|refus|denied|unable|cannot|timed? ?out|\blost\b|broken|ошиб|сбо[йяе]|прерв|отклон|отказ|не (?:удал|выполн|заверш)|неудач|сорван|разорв|потер/i;

/** Before a field with the reason: `unit=courier why=the host hung up`. */
const WHY = new RegExp(`^.*?\\s(?:${REASONS})=`, "iu");

/**
 * @param isMessage a failure: `Cycle dropped: no answer` then covers every reason.
 * @param isOfOthers whether other lines begin with a head that means no failure.
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
  // A number at the end must not match the beginning of a longer one.
  const pattern = `${patternOf(text)}${/\d$/.test(text) ? "\\b" : ""}`;
  return isMessage ? `(?<message>${pattern})` : pattern;
}

/** All patterns by which a failure may have been taught: its own, and those that cover other reasons too. */
export function patternsOfFailure(text: string): string[] {
  return [patternOfKind(text, true), ...headsOf(text).map(patternOfHead)];
}

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

/** If more lines than these are a success, the pattern fits anything and every POS server would look healthy. */
const MAX_SHARE_OF_LINES = 0.75;
const MIN_LINES = 20;

export function isTooCommon(count: number, lines: number): boolean {
  return lines >= MIN_LINES && count > lines * MAX_SHARE_OF_LINES;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
