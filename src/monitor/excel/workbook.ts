import type { Tint, Tone } from "./palette.ts";

/** What stands in a cell: a text stays a text whatever it begins with, a date is shown in the zone of the workbook. */
export type Cell = string | number | Date | BoldText | null;

/** A word that stands out, such as a state; its tone says no more than the word. */
export interface BoldText {
  text: string;
  tone?: Tone | undefined;
}

export interface Column {
  heading: string;
  /** How its numbers are shown, such as `#,##0.0`. */
  numberFormat?: string;
  /** Whether its long texts go on in the next line. */
  wraps?: boolean;
}

export interface Sheet {
  /** At most 31 letters, without `[]:*?/\'`. */
  name: string;
  columns: readonly Column[];
  rows: Cell[][];
  /** The backgrounds of the rows, by their index. */
  tints?: readonly (Tint | undefined)[];
  /** Whether the headings get the arrows by which a person filters and sorts. */
  hasFilter: boolean;
}

export interface Workbook {
  sheets: Sheet[];
  /** IANA name. */
  timeZone: string;
  /** How dates are shown, such as `dd.mm.yyyy hh:mm:ss`. */
  dateFormat: string;
}
