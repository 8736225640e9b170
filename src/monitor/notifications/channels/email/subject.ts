import { cutAtWord, plainLine } from "../plain-text.ts";

const MAX_SUBJECT_CHARACTERS = 150;

/** The subject of a message with this title: one line, never empty. */
export function subjectOf(title: string): string {
  return cutAtWord(plainLine(title), MAX_SUBJECT_CHARACTERS) || "Poswatch";
}
