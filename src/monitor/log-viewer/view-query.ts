import { Type } from "typebox";
import { readForm, readId, Text } from "../forms/fields.ts";
import type { Direction } from "./find-text.ts";

/** A notice about a jump: it led further than asked, or less far. */
const SEARCHED = ["wrapped", "paused", "noLine", "tooEarly", "tooLate"] as const;
export type Searched = (typeof SEARCHED)[number];

const DIRECTIONS: readonly Direction[] = ["next", "previous"];

const ViewForm = Type.Object({
  line: Text,
  before: Text,
  after: Text,
  q: Text,
  folds: Text,
  show: Text,
  find: Text,
  was: Type.Optional(Type.String()),
  searched: Text,
  go: Type.Optional(Type.String()),
  waiting: Text,
  whole: Text,
});

/** What every link of a view keeps. */
export interface ViewMode {
  text: string;
  isFolded: boolean;
  onlyErrors: boolean;
}

export type ViewQuery = ReturnType<typeof readViewQuery>;

export function readViewQuery(query: unknown) {
  const given = readForm(ViewForm, query);
  const { was, go } = given;
  const find: Direction | null = DIRECTIONS.find((known) => known === given.find) ?? null;
  return {
    /** null = where the file opens by default. */
    line: readId(given.line),
    /** Lines before or after this one, for «раньше» and «позже». */
    before: readId(given.before),
    after: readId(given.after),
    text: given.q,
    isFolded: given.folds !== "off",
    onlyErrors: given.show === "errors",
    /** Search from `line` in this direction. */
    find,
    /** The text was changed: `line` itself may match. */
    isNewText: was !== undefined && was !== given.q,
    searched: SEARCHED.find((known) => known === given.searched) ?? null,
    /** A line number or time to go to, as typed; null = not asked for. */
    goTo: go?.trim() ?? null,
    /** The page that shows the progress of preparing the log asks. */
    isWaiting: given.waiting === "1",
    whole: readId(given.whole),
  };
}

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

/** The address of the lines before or after one. */
export function moreUrl(path: string, side: "before" | "after", line: number, mode: ViewMode): string {
  return `${path}?${modeQuery({ [side]: String(line) }, mode)}`;
}

/** Parameters of an address, or hidden fields of a form, that keep how a file is shown, except the text. */
export function modeFields({ isFolded, onlyErrors }: ViewMode): [name: string, value: string][] {
  const fields: [string, string][] = [];
  if (!isFolded) fields.push(["folds", "off"]);
  if (onlyErrors) fields.push(["show", "errors"]);
  return fields;
}

function modeQuery(place: Record<string, string>, mode: ViewMode): URLSearchParams {
  const query = new URLSearchParams(place);
  if (mode.text) query.set("q", mode.text);
  for (const [name, value] of modeFields(mode)) query.set(name, value);
  return query;
}
