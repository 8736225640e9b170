import { maskGuestData, withoutHalvedNumber } from "../../protocol/mask-guest-data.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import type { RawLine } from "./raw-lines.ts";

const MAX_CHARACTERS = 64 * 1024;
/** Precedes the number of bytes cut off; no stored text contains it, since control characters are made visible. */
const CUT_MARK = "\u0001";

/** Masks lines, makes control characters visible, and cuts long ones; all at once, which costs half as much. */
export function storedLines(lines: readonly RawLine[]): string[] {
  const cuts = lines.map(cutLine);
  const kept = visibleText(maskGuestData(cuts.map(({ text }) => text).join("\n"))).split("\n");
  return kept.map((text, index) => {
    const cutBytes = cuts[index]?.cutBytes ?? 0;
    return cutBytes === 0 ? text : `${text}${CUT_MARK}${cutBytes}`;
  });
}

function cutLine({ text, cutBytes }: RawLine): RawLine {
  const kept = text.slice(0, MAX_CHARACTERS);
  const cut = cutBytes + (text.length > kept.length ? Buffer.byteLength(text.slice(kept.length)) : 0);
  return { text: cut === 0 ? kept : withoutHalvedNumber(kept), cutBytes: cut };
}

export function readStoredLine(stored: string): RawLine {
  const mark = stored.lastIndexOf(CUT_MARK);
  if (mark < 0) return { text: stored, cutBytes: 0 };
  return { text: stored.slice(0, mark), cutBytes: Number(stored.slice(mark + 1)) };
}
