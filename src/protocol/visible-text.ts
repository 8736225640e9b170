const PICTURES_OF_CONTROLS = 0x2400;
const DELETE = 0x7f;
/** Control characters except tab and line feed, direction marks, and invisible characters. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

const MAX_SHORT_LINE = 300;

/** Far deeper than anything in the protocol. */
const MAX_LEVELS = 32;

/** Applies `visibleText` to every text of a JSON value. */
export function withVisibleTexts<T>(value: T): T {
  return mapTexts(value, visibleText);
}

/** Changes every text of a JSON value; values that are nested too deeply become null. */
export function mapTexts<T>(value: T, change: (text: string) => string, levels = MAX_LEVELS): T {
  if (typeof value === "string") return change(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return null as T;
  const within = (own: unknown) => mapTexts(own, change, levels - 1);
  if (Array.isArray(value)) return value.map(within) as T;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, within(own)])) as T;
}

/** `visibleText` for a name, on one line. */
export function visibleName(text: string): string {
  return visibleText(text.replace(/\s+/g, " ").trim());
}

/** `visibleName` of a text that may be long, cut to 300 characters. */
export function shortLine(text: string): string {
  return visibleName(text).slice(0, MAX_SHORT_LINE);
}

/** Makes invisible characters visible: `␛` for an escape, `⟨U+202E⟩` for a direction mark. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES_OF_CONTROLS + code);
    if (code === DELETE) return "␡";
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
