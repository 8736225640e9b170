import { MASKED_NUMBER } from "../../protocol/mask-guest-data.ts";
import { FOLDED_NAME, FOLDED_NUMBER } from "../../protocol/taught-pattern.ts";

const QUOTED = /«[^»]{0,200}»|“[^”]{0,200}”|"[^"]{0,200}"|'[^']{0,200}'/gu;
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,10}:\/\/\S+/gi;
const IDENTIFIER = /\b(?:0x[0-9a-f]+|(?=[a-f-]{0,36}\d)[0-9a-f]{6,}(?:-[0-9a-f]{2,}){0,5})\b/gi;
const NUMBER = /\d+(?:[.,:/_+-]?\d+)*/gu;

/**
 * Folds a line whose guests are masked, so that lines that differ only in numbers, times, identifiers, addresses or quoted names are
 * one kind.
 */
export function foldLine(text: string): string {
  return text
    .replace(MASKED_NUMBER, FOLDED_NAME)
    .replace(QUOTED, FOLDED_NAME)
    .replace(ADDRESS, FOLDED_NUMBER)
    .replace(IDENTIFIER, FOLDED_NUMBER)
    .replace(NUMBER, FOLDED_NUMBER)
    .trim();
}
