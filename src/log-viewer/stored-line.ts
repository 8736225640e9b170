import { maskGuestData } from "./mask-guest-data.ts";
import type { RawLine } from "./raw-lines.ts";
import { visibleText } from "./shown-text.ts";

const MAX_CHARACTERS = 64 * 1024;
/** Stands before how many bytes were cut off; no stored text has it, since it is made visible. */
const CUT_MARK = "\u0001";
/** A number that a cut may have halved cannot be told to be a phone or a card: it goes. */
const HALVED_NUMBER = /[\d\s()+*-]{1,40}$/;

/** A line as it is kept: masked, visible, and cut when it is too long. */
export function storedLine({ text, cutBytes }: RawLine): string {
  const kept = text.slice(0, MAX_CHARACTERS);
  const cut = cutBytes + (text.length > kept.length ? Buffer.byteLength(text.slice(kept.length)) : 0);
  if (cut === 0) return visibleText(maskGuestData(kept));
  return `${visibleText(maskGuestData(kept.replace(HALVED_NUMBER, "")))}${CUT_MARK}${cut}`;
}

/** Reads a line as it was kept. */
export function readStoredLine(stored: string): RawLine {
  const mark = stored.lastIndexOf(CUT_MARK);
  if (mark < 0) return { text: stored, cutBytes: 0 };
  return { text: stored.slice(0, mark), cutBytes: Number(stored.slice(mark + 1)) };
}
