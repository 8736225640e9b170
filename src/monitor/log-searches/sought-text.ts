import { searchableText } from "../../protocol/cause-key.ts";
import { ANYTHING, MAX_SEARCH_LENGTH } from "../../protocol/log-lines.ts";
import { mask } from "../../protocol/mask/mask.ts";
import { phraseOfCause } from "../fleet/cause-patterns.ts";

/** So much of a text in a row has to stand in a log as it is. */
export const LEAST_LENGTH = 3;
/** Beside fewer words a number is what matters: `HTTP 401`, `0x80004005`. */
const LEAST_WORDS = 2;
const BEFORE_MATCH = 120;
const MAX_LINE_LENGTH = 400;

/** What an error is searched for by: the phrase of its cause, and all of it without its own values; null = there is no other. */
export function suggestTexts(error: string): { text: string; whole: string | null } {
  const whole = searchableText(error).slice(0, MAX_SEARCH_LENGTH).trim();
  const phrase = searchableText(phraseOfCause(error) ?? "");
  if (longestPart(phrase).length >= LEAST_LENGTH && phrase !== whole) return { text: phrase, whole };
  const words = whole.match(/\p{L}{2,}/gu) ?? [];
  return { text: words.length < LEAST_WORDS ? readSoughtText(error) : whole, whole: null };
}

/** As it was typed; nobody has a key for «…». */
export function readSoughtText(typed: string): string {
  return typed.replace(/\.{3,}|\s*[\r\n]+\s*/g, ANYTHING).trim();
}

export function longestPart(text: string): string {
  const parts = text.split(ANYTHING).map((part) => part.trim());
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
}

/** What an entry says about what was found in it, in one line; guests masked once more. */
export function lineAround(entry: string, sought: string): string {
  const line = mask(entry).replace(/\s+/g, " ");
  const at = line.toLowerCase().indexOf(longestPart(sought).toLowerCase());
  const from = at <= BEFORE_MATCH ? 0 : Math.min(line.indexOf(" ", at - BEFORE_MATCH) + 1 || at, at);
  const end = line.length > from + MAX_LINE_LENGTH ? ANYTHING : "";
  return `${from > 0 ? `${ANYTHING} ` : ""}${line.slice(from, from + MAX_LINE_LENGTH)}${end}`;
}
