import type { FileEncoding } from "../../protocol/decode-lines.ts";

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const windows1251 = new Map(
  [...new TextDecoder("windows-1251").decode(ALL_BYTES)].map((character, byte) => [character, byte]),
);

/**
 * Searches undecoded bytes, ignoring case: decoding all lines costs ten times as much.
 * @param words null = any line may matter.
 */
export function createWordSearch(
  words: readonly string[] | null,
  encoding: FileEncoding,
): (bytes: Buffer) => boolean {
  if (words === null || encoding === "utf-16le") return () => true;
  const pattern = createWordPattern(words, encoding);
  return (bytes) => pattern.test(bytes.toString("latin1"));
}

/** Finds any of these words in bytes that were read as Latin-1, ignoring case. */
export function createWordPattern(
  words: readonly string[],
  encoding: Exclude<FileEncoding, "utf-16le">,
  flags = "",
): RegExp {
  const encode = [
    ...(encoding === "windows-1251" ? [] : [utf8]),
    ...(encoding === "utf-8" ? [] : [inWindows1251]),
  ];
  const spellings = words.flatMap((word) => encode.map((ofCharacter) => spelling(word, ofCharacter)));
  // JSON may have letters of other alphabets as `\u0441`.
  if (words.some((word) => /[^\x20-\x7e]/u.test(word))) spellings.push("\\\\u04");
  // Literals only, so that no line can make it slow.
  return new RegExp(words.length === 0 ? "(?!)" : [...new Set(spellings)].join("|"), flags);
}

function spelling(word: string, encode: (character: string) => number[]): string {
  const inEitherCase = (character: string) => {
    const cases = [...new Set([character.toLowerCase(), character.toUpperCase()])];
    return `(?:${cases.map((one) => encode(one).map(toEscape).join("")).join("|")})`;
  };
  return [...word].map(inEitherCase).join("");
}

function toEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}

function utf8(character: string): number[] {
  return [...Buffer.from(character)];
}

function inWindows1251(character: string): number[] {
  // No file in this encoding contains a character that it lacks.
  return [...character].map((unit) => windows1251.get(unit) ?? 0x3f);
}
