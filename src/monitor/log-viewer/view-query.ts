import type { Direction } from "./find-text.ts";

export const LINE = /^[1-9]\d{0,14}$/;

/** What is to be said of a way: it led further than was asked, or less far. */
const SEARCHED = ["wrapped", "paused", "noLine", "tooEarly", "tooLate"] as const;
export type Searched = (typeof SEARCHED)[number];

/** What every link of a view keeps. */
export interface ViewMode {
  /** Marked wherever it stands. */
  text: string;
  /** Repeats are folded. */
  isFolded: boolean;
  onlyErrors: boolean;
}

/** What a view of a file is asked for, as it stands in its address. */
export interface ViewQuery extends ViewMode {
  /** null = wherever it opens by itself. */
  line: number | null;
  /** Lines before or after this one, for «раньше» and «позже». */
  before: number | null;
  after: number | null;
  /** A line whose fold is open; that of `line` is open anyway. */
  open: number | null;
  /** Looks for the text, from `line` on. */
  find: Direction | null;
  /** It was not looked for so far: `line` itself may be what is found. */
  isNewText: boolean;
  /** What has to be said of how one came here. */
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
    open: number("open"),
    text: text("q"),
    isFolded: text("folds") !== "off",
    onlyErrors: text("show") === "errors",
    find: find === "next" || find === "previous" ? find : null,
    isNewText: typeof given.was === "string" && given.was !== text("q"),
    searched: SEARCHED.find((known) => known === searched) ?? null,
    goTo: typeof given.go === "string" ? given.go.trim() : null,
    isWaiting: text("waiting") === "1",
    whole: number("whole"),
  };
}

/** The address of a line: the page that shows it, and its place there. */
export function lineUrl(
  path: string,
  line: number,
  mode: ViewMode,
  { searched = null, whole = false }: { searched?: Searched | null; whole?: boolean } = {},
): string {
  const query = modeQuery({ line: String(line) }, mode);
  if (searched) query.set("searched", searched);
  if (whole) query.set("whole", String(line));
  return `${path}?${query}#L${line}`;
}

/** The address of the lines before or after one. `open`: a line whose fold stays open. */
export function moreUrl(
  path: string,
  side: "before" | "after",
  line: number,
  mode: ViewMode,
  open: number | null,
): string {
  const query = modeQuery({ [side]: String(line) }, mode);
  if (open !== null && mode.isFolded) query.set("open", String(open));
  return `${path}?${query}`;
}

/** The address of lines as plain text, which takes `from` and `to`. */
export function textUrl(path: string): string {
  return `${path}/text`;
}

/** The address of what is folded, from this line on. */
export function foldUrl(path: string, line: number, mode: ViewMode): string {
  return `${path}?${modeQuery({ open: String(line) }, mode)}`;
}

/** What stands in an address, or in the hidden fields of a form, to keep how a file is shown; the text aside. */
export function modeFields({ isFolded, onlyErrors }: ViewMode): [name: string, value: string][] {
  return [...(isFolded ? [] : [["folds", "off"]]), ...(onlyErrors ? [["show", "errors"]] : [])] as [
    string,
    string,
  ][];
}

function modeQuery(place: Record<string, string>, mode: ViewMode): URLSearchParams {
  const query = new URLSearchParams(place);
  if (mode.text) query.set("q", mode.text);
  for (const [name, value] of modeFields(mode)) query.set(name, value);
  return query;
}
