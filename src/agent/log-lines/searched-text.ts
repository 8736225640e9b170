import { ANYTHING } from "../../protocol/log-lines.ts";
import { createWordPattern } from "../sync-log/word-search.ts";

/** In JSON something else may stand between two of them. */
const WORD = /[\p{L}\p{N}_]+/gu;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

export interface SearchedText {
  /** Where the first piece begins in a text that has all pieces in their order; null = it has not. */
  find(text: string): number | null;
  /** Finds in bytes, read as Latin-1, what all those texts have: the longest word. */
  candidates: RegExp;
}

/** @returns null when there is nothing in it that could be looked for. */
export function readSearchedText(text: string): SearchedText | null {
  const pieces = text
    .split(ANYTHING)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
  if (pieces.length === 0) return null;
  const patterns = pieces.map(
    (piece) => new RegExp(piece.replace(SPECIAL, "\\$&").replace(/\s+/gu, "\\s+"), "giu"),
  );
  const words = pieces.flatMap((piece) => piece.match(WORD) ?? []);
  const [longest] = words.sort((a, b) => b.length - a.length);

  return {
    find(text) {
      let begin: number | null = null;
      let end = 0;
      for (const pattern of patterns) {
        pattern.lastIndex = end;
        const found = pattern.exec(text);
        if (!found) return null;
        begin ??= found.index;
        end = pattern.lastIndex;
      }
      return begin;
    },
    candidates: longest === undefined ? /\S/g : createWordPattern([longest], "auto", "g"),
  };
}
