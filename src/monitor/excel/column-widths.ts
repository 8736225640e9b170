import type { Column } from "./workbook.ts";

const MIN_WIDTH = 8;
const MAX_WIDTH = 60;
/** The arrow of the filter takes the room of three letters. */
const ARROW_WIDTH = 3;
/** Between a text and the next column. */
const PADDING = 1;
/** Bold letters are that much wider. */
const BOLD = 1.1;

/** How wide the columns of a sheet have to be for what is in them, in letters. */
export interface ColumnWidths {
  /** Tells the length of what stands in a column. */
  see(column: number, length: number): void;
  list(): number[];
}

/** A heading goes on in the next line, so only its longest word counts. */
export function createColumnWidths(columns: readonly Column[], hasFilter: boolean): ColumnWidths {
  const widths = columns.map(
    ({ heading }) => boldLength(longestWord(heading)) + (hasFilter ? ARROW_WIDTH : 0),
  );
  return {
    see(column, length) {
      if (length > (widths[column] ?? 0)) widths[column] = length;
    },
    list: () => widths.map((width) => Math.min(Math.max(width + PADDING, MIN_WIDTH), MAX_WIDTH)),
  };
}

export function boldLength(text: string): number {
  return Math.ceil(text.length * BOLD);
}

function longestWord(text: string): string {
  return text.split(/\s/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}
