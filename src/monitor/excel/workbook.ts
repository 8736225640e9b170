/** What stands in a cell: a text stays a text whatever it begins with, a date is shown in the zone of the workbook. */
export type Cell = string | number | Date | null;

export interface Column {
  heading: string;
  /** How its numbers are shown, such as `#,##0.0`. */
  numberFormat?: string;
}

export interface Sheet {
  /** At most 31 letters, without `[]:*?/\'`. */
  name: string;
  columns: readonly Column[];
  rows: Cell[][];
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
