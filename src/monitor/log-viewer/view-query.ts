import type { Direction } from "./find-text.ts";

const LINE = /^[1-9]\d{0,14}$/;

export type Searched = "wrapped" | "paused";

/** What a view of a file is asked for, as it stands in its address. */
export interface ViewQuery {
  /** null = wherever it opens by itself. */
  line: number | null;
  /** Lines before or after this one, for «раньше» and «позже». */
  before: number | null;
  after: number | null;
  /** Marked wherever it stands. */
  text: string;
  /** Looks for the text, from `line` on. */
  find: Direction | null;
  /** The search that led here went on at the other end of the file, or had no time to go on. */
  searched: Searched | null;
  /** A line number or a time to go to, as it was typed; null = not asked for. */
  goTo: string | null;
  /** A line to show in full. */
  whole: number | null;
  /** Asked by the page that waits until the log is prepared. */
  isWaiting: boolean;
}

export function readViewQuery(query: unknown): ViewQuery {
  const given = (query ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : "");
  const number = (name: string) => (LINE.test(text(name)) ? Number(text(name)) : null);
  const [find, searched] = [text("find"), text("searched")];
  return {
    line: number("line"),
    before: number("before"),
    after: number("after"),
    text: text("q"),
    find: find === "next" || find === "previous" ? find : null,
    searched: searched === "wrapped" || searched === "paused" ? searched : null,
    goTo: typeof given.go === "string" ? given.go.trim() : null,
    isWaiting: text("waiting") === "1",
    whole: number("whole"),
  };
}

export interface LineAddress {
  text?: string;
  searched?: Searched | null;
  whole?: boolean;
}

/** The address of a line: the page that shows it, and its place there. */
export function lineUrl(
  path: string,
  line: number,
  { text = "", searched = null, whole = false }: LineAddress = {},
): string {
  const query = new URLSearchParams({ line: String(line) });
  if (text) query.set("q", text);
  if (searched) query.set("searched", searched);
  if (whole) query.set("whole", String(line));
  return `${path}?${query}#L${line}`;
}

/** The address of the lines before or after one. */
export function moreUrl(path: string, side: "before" | "after", line: number, text: string): string {
  const query = new URLSearchParams({ [side]: String(line) });
  if (text) query.set("q", text);
  return `${path}?${query}`;
}
