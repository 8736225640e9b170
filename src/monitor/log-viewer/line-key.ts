import { MASK } from "../../protocol/mask/masked.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const NUMBER = "#".charCodeAt(0);
const MASK_SIGN = MASK.charCodeAt(0);
const MIN_IDENTIFIER = 6;
/** Limits the search for the end of an identifier, whatever the line. */
const MAX_IDENTIFIER = 80;
const OTHER = 0;
const DIGIT = 1;
const LETTER = 2;
const HEX = 4;

/** The kind of each ASCII character; all others count as letters. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[\d*]/.test(character)) return DIGIT | HEX;
  if (/[a-f]/i.test(character)) return LETTER | HEX;
  return /[a-z]/i.test(character) ? LETTER : OTHER;
});
const JOINTS = new Set([...".,:/_+-"].map((character) => character.charCodeAt(0)));

/**
 * Equal for lines that differ only in numbers, times, masked numbers and hexadecimal identifiers. Like `causeKey`, but
 * faster, for the whole line, and with quoted names.
 * @param seed the key of the lines before it.
 * @returns 32 bits, never 0.
 */
export function lineKey(text: string, seed = FNV_OFFSET): number {
  let key = seed;
  let isInWord = false;
  let index = 0;
  while (index < text.length) {
    const kind = kindOf(text, index);
    let end = index;
    if (kind & HEX && !isInWord) end = identifierEnd(text, index);
    if (kind & DIGIT && end === index) end = numberEnd(text, index);
    const isNumber = end > index;
    key = Math.imul(key ^ (isNumber ? NUMBER : text.charCodeAt(index)), FNV_PRIME);
    isInWord = isNumber || kind !== OTHER;
    index = isNumber ? end : index + 1;
  }
  return key || 1;
}

function kindOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < KINDS.length) return KINDS[code] ?? OTHER;
  return code === MASK_SIGN ? DIGIT | HEX : LETTER;
}

/** The end of `12`, `13:42:10,003`, `2026-11-24` or `•••-••-67`. */
function numberEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    if (kindOf(text, end) & DIGIT) end++;
    else if (end > from && JOINTS.has(text.charCodeAt(end)) && kindOf(text, end + 1) & DIGIT) end++;
    else return end;
  }
  return end;
}

/** The end of a GUID or of a number in hexadecimal; the index when none begins there. */
function identifierEnd(text: string, from: number): number {
  const isMarked = text.startsWith("0x", from);
  let kinds = isMarked ? DIGIT : 0;
  let end = isMarked ? from + 2 : from;
  const limit = Math.min(text.length, from + MAX_IDENTIFIER);
  while (end < limit && (kindOf(text, end) & HEX || text[end] === "-")) kinds |= kindOf(text, end++);
  const isWhole = end === text.length || !(kindOf(text, end) & (LETTER | HEX));
  const isLong = isMarked ? end > from + 2 : end - from >= MIN_IDENTIFIER;
  return isWhole && kinds & DIGIT && isLong ? end : from;
}
