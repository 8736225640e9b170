import { type PartKind, readEntryParts } from "../../protocol/log-line-parts.ts";
import { MASKED } from "../../protocol/mask/masked.ts";
import type { Viewer } from "../viewer/viewer.ts";

const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

export interface ShownColumn {
  /** `line`: the whole line, without columns. */
  kind: PartKind | "line";
  /** The beginning of the line in full, since columns shorten it. */
  title: string | null;
  pieces: ShownPiece[];
}

interface ShownPiece {
  text: string;
  isMatch: boolean;
  /** What is masked here, in words; null = nothing. */
  masked: string | null;
}

interface Stretch<Value> {
  to: number;
  value: Value;
}

/**
 * No character is lost or moved, so that text selected on the page is the line itself.
 * @param wanted the text to mark; empty = none.
 * @param isHead it begins an entry, whose time and level get columns.
 */
export function lineColumns(text: string, wanted: string, isHead: boolean, t: Viewer["t"]): ShownColumn[] {
  const parts = isHead ? readEntryParts(text) : null;
  const matches = wanted === "" ? [] : text.matchAll(new RegExp(wanted.replace(SYNTAX, "\\$&"), "giu"));
  const pieces = crossed(
    stretchesOf(text, matches, () => true),
    stretchesOf(text, text.matchAll(MASKED), ({ groups }) =>
      t(`logViewer.maskedValue.${groups?.phone ? "phone" : groups?.card ? "card" : "other"}`),
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

/** Text outside the columns is shown only if it has a match; a matching space is not enough. */
function withoutMatchedSpace(piece: ShownPiece): ShownPiece {
  return piece.text.trim() === "" ? { ...piece, isMatch: false } : piece;
}

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

/** Splits two divisions of the same text at each other's ends. */
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
