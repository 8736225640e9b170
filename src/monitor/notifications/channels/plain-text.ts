import type { Language } from "../../viewer/language.ts";
import type { MessageText } from "./message.ts";

const WHITE_SPACE = /[\t\n\v\f\r \u0085\u2028\u2029]+/g;
/** Controls, invisible characters, those that turn the direction of a text, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** One line without control characters. */
export function plainLine(text: string): string {
  return text.replace(WHITE_SPACE, " ").replace(UNSEEN, "").trim();
}

/** Only its line feeds remain of its control characters. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map(plainLine)
    .join("\n");
}

export function cutAtWord(line: string, maxCharacters: number): string {
  if (line.length <= maxCharacters) return line;
  const cut = line.slice(0, maxCharacters - 1);
  const end = cut.lastIndexOf(" ");
  return `${(end > maxCharacters / 2 ? cut.slice(0, end) : cut).replace(/[\s\uD800-\uDBFF,;:—–-]+$/, "")}…`;
}

/** The paragraphs and the list of a message, with empty lines between them. */
export function plainBody({ paragraphs, list }: MessageText, language: Language): string {
  const rows = list.map(
    ({ name, count }) => plainLine(name) + (language === "ru" ? " — " : ": ") + plainLine(count),
  );
  return [...paragraphs.map(plainLines), rows.join("\n")].filter(Boolean).join("\n\n");
}
