/** One row of a table as a person sees it. */
export interface TextRow {
  /** As the spreadsheet program counts: from 1. */
  rowNumber: number;
  /** By the index of the column, from 0; empty cells may be missing. */
  texts: ReadonlyMap<number, string>;
}
