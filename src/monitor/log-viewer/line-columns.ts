import { type PartKind, readEntryParts } from "../../protocol/log-line-parts.ts";
import { MASKED_NUMBER } from "../../protocol/mask-guest-data.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What means something in a regular expression. */
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

export interface ShownColumn {
  /** `line`: the line is in no columns. */
  kind: PartKind | "line";
  /** Says what the columns leave out. */
  title: string | null;
  pieces: ShownPiece[];
}

export interface ShownPiece {
  text: string;
  isMatch: boolean;
  /** Says what is masked here; null = nothing is. */
  masked: string | null;
}

/** A stretch of a text from the end of the one before it. */
interface Stretch<Value> {
  to: number;
  value: Value;
}

/**
 * Takes a line apart for the template: all of it, in its order, so that what is selected in the page is the line itself.
 * @param wanted is marked wherever it stands; empty = nothing is.
 * @param isHead it begins an entry whose time and level stand in columns.
 */
export function lineColumns(text: string, wanted: string, isHead: boolean, t: Viewer["t"]): ShownColumn[] {
  const parts = isHead ? readEntryParts(text) : null;
  const matches = wanted === "" ? [] : text.matchAll(new RegExp(wanted.replace(SYNTAX, "\\$&"), "giu"));
  const pieces = crossed(
    stretchesOf(text, matches, () => true),
    stretchesOf(text, text.matchAll(MASKED_NUMBER), ({ groups }) =>
      t(`logViewer.maskedNumber.${groups?.phone === undefined ? "card" : "phone"}`),
    ),
  );
  const columns: Stretch<Omit<ShownColumn, "pieces">>[] = parts
    ? parts.map(({ kind, to }) => ({
        to,
        value: { kind, title: kind === "time" ? text.slice(0, parts.at(-1)?.from).trim() : null },
      }))
    : [{ to: text.length, value: { kind: "line", title: null } }];
  let index = 0;
  let from = 0;
  return columns.map(({ to, value }) => {
    const inIt: ShownPiece[] = [];
    for (let piece = pieces[index]; piece && from < to; piece = pieces[index]) {
      const end = Math.min(piece.to, to);
      const [isMatch, masked] = piece.value;
      inIt.push({ text: text.slice(from, end), isMatch: isMatch ?? false, masked });
      from = end;
      if (piece.to === end) index++;
    }
    return { ...value, pieces: value.kind === "aside" ? inIt.map(withoutMatchedSpace) : inIt };
  });
}

/** What is left out of the columns appears for the sake of a match, but not for a space of it. */
function withoutMatchedSpace(piece: ShownPiece): ShownPiece {
  return piece.text.trim() === "" ? { ...piece, isMatch: false } : piece;
}

/** All of a text, with `null` where nothing was found. */
function stretchesOf<Value>(
  text: string,
  found: Iterable<RegExpExecArray>,
  markOf: (match: RegExpExecArray) => Value,
): Stretch<Value | null>[] {
  const stretches: Stretch<Value | null>[] = [];
  for (const match of found) {
    stretches.push({ to: match.index, value: null });
    stretches.push({ to: match.index + match[0].length, value: markOf(match) });
  }
  stretches.push({ to: text.length, value: null });
  return stretches.filter(({ to }, index) => to > (stretches[index - 1]?.to ?? 0));
}

/** Cuts each where the other one ends, in one pass. */
function crossed<One, Other>(
  ones: readonly Stretch<One>[],
  others: readonly Stretch<Other>[],
): Stretch<[One, Other]>[] {
  const cut: Stretch<[One, Other]>[] = [];
  let index = 0;
  let otherIndex = 0;
  for (let one = ones[0], other = others[0]; one && other; one = ones[index], other = others[otherIndex]) {
    const to = Math.min(one.to, other.to);
    cut.push({ to, value: [one.value, other.value] });
    if (one.to === to) index++;
    if (other.to === to) otherIndex++;
  }
  return cut;
}
