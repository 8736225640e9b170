import type { FileEncoding } from "../../protocol/decode-lines.ts";

/** Tells whether there is one of the words in a part of a file that was not decoded. */
export type WordSearch = (bytes: Buffer) => boolean;

const windows1251 = encodeEachCharacter("windows-1251");

/**
 * Makes a search for words in bytes, letter case aside: lines about the exchange are few, and decoding all others costs
 * ten times as much.
 * @param words null = any line may say something.
 */
export function createWordSearch(words: readonly string[] | null, encoding: FileEncoding): WordSearch {
  if (words === null || encoding === "utf-16le") return () => true;
  const encode = [
    ...(encoding === "windows-1251" ? [] : [utf8]),
    ...(encoding === "utf-8" ? [] : [inWindows1251]),
  ];
  const spellings = words.flatMap((word) => encode.map((ofCharacter) => spelling(word, ofCharacter)));
  // JSON may have letters of other alphabets as `\u0441`.
  if (words.some((word) => /[^\x20-\x7e]/u.test(word))) spellings.push("\\\\u04");
  // Of literals alone, so that a line made to hurt cannot.
  const pattern = new RegExp(words.length === 0 ? "(?!)" : [...new Set(spellings)].join("|"));
  return (bytes) => pattern.test(bytes.toString("latin1"));
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
  // What that encoding does not have is in no file of it, and the question mark in hardly any.
  return [...character].map((unit) => windows1251.get(unit) ?? 0x3f);
}

function encodeEachCharacter(encoding: string): Map<string, number> {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  return new Map([...new TextDecoder(encoding).decode(bytes)].map((character, byte) => [character, byte]));
}
