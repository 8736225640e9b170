import * as XLSX from "xlsx";
import type { CellStyle, CellStyles } from "./cell-styles.ts";
import type { Tint, Tone } from "./palette.ts";
import { createTextCells, emptyCell, type WrittenCell } from "./text-cells.ts";
import type { Cell, Column, Sheet } from "./workbook.ts";

/** In letters, as all widths. */
const MIN_WIDTH = 8;
const MAX_WIDTH = 60;
const NUMBER_WIDTH = 12;
/** The arrow of the filter takes the room of three letters. */
const ARROW_WIDTH = 3;
/** Between a text and the next column. */
const PADDING = 1;
/** Bold letters are that much wider. */
const BOLD = 1.1;
/** So marked, a text stays one also when somebody edits its cell, whatever it begins with. */
const TEXT_FORMAT = "@";
const NUMBER_FORMAT = "0";
const HEADING = { format: TEXT_FORMAT, isHeading: true, isBold: true, wraps: true, isLined: true };
/** In inches. */
const MARGINS: XLSX.MarginInfo = { left: 0.4, right: 0.4, top: 0.7, bottom: 0.6, header: 0.3, footer: 0.3 };

interface Writing {
  styles: CellStyles;
  dateFormat: string;
  serialDate: (date: Date) => number;
}

/** Makes of a sheet one of SheetJS, with names of styles for number formats; its rows are used up. */
export function fillSheet(
  { columns, rows, tints = [], hasFilter }: Sheet,
  { styles, dateFormat, serialDate }: Writing,
): XLSX.WorkSheet {
  const widths = createColumnWidths(columns, hasFilter);
  const writers = new Map<Tint | undefined, ReturnType<typeof createRowWriter>>();
  const headingStyle = styles.nameOf(HEADING);
  const headingCells = createTextCells(headingStyle);
  const data = [columns.map(({ heading }) => (heading ? headingCells(heading) : emptyCell(headingStyle)))];
  for (const [index, row] of rows.entries()) {
    const tint = tints[index];
    const write = writers.get(tint) ?? createRowWriter(tint);
    writers.set(tint, write);
    data.push(write(row));
    rows[index] = [];
  }
  const reference = XLSX.utils.encode_range({ r: 0, c: 0 }, { r: rows.length, c: columns.length - 1 });
  return {
    "!data": data,
    "!ref": reference,
    "!cols": widths.list().map((wch) => ({ wch })),
    "!margins": MARGINS,
    ...(hasFilter && { "!autofilter": { ref: reference } }),
  };

  /** @returns a function that makes the cells of rows with this background; empty ones too, where they have a look. */
  function createRowWriter(tint: Tint | undefined): (row: readonly Cell[]) => WrittenCell[] {
    const textCells = new Map<string, ReturnType<typeof createTextCells>>();
    const cellWriters = columns.map(createCellWriter);

    return (row) => {
      const cells: WrittenCell[] = [];
      for (const [column, write] of cellWriters.entries()) {
        const cell = write(row[column] ?? null);
        if (cell) cells[column] = cell;
      }
      return cells;
    };

    function createCellWriter({ numberFormat = NUMBER_FORMAT, wraps }: Column, column: number) {
      const nameOf = (style: CellStyle) => styles.nameOf({ ...style, tint, wraps, isLined: hasFilter });
      const texts = nameOf({ format: TEXT_FORMAT });
      const numbers = nameOf({ format: numberFormat });
      const dates = nameOf({ format: dateFormat, isDate: true });
      const boldTexts = new Map<Tone | undefined, string>();
      const empty = tint || hasFilter ? emptyCell(texts) : undefined;
      const see = (length: number) => widths.see(column, length);

      return (cell: Cell): WrittenCell | undefined => {
        if (cell === null || cell === "") return empty;
        if (typeof cell === "string") {
          see(cell.length);
          return textCell(cell, texts);
        }
        if (typeof cell === "number") {
          see(NUMBER_WIDTH);
          return { t: "n", v: cell, z: numbers };
        }
        if (cell instanceof Date) {
          see(dateFormat.length);
          return { t: "n", v: serialDate(cell), z: dates };
        }
        see(boldLength(cell.text));
        const { tone } = cell;
        const style = boldTexts.get(tone) ?? nameOf({ format: TEXT_FORMAT, tone, isBold: true });
        boldTexts.set(tone, style);
        return textCell(cell.text, style);
      };
    }

    function textCell(text: string, style: string): WrittenCell {
      const cells = textCells.get(style) ?? createTextCells(style);
      textCells.set(style, cells);
      return cells(text);
    }
  }
}

/** How wide columns have to be for what is in them. A heading goes on in the next line, so only its longest word counts. */
function createColumnWidths(columns: readonly Column[], hasFilter: boolean) {
  const widths = columns.map(
    ({ heading }) => boldLength(longestWord(heading)) + (hasFilter ? ARROW_WIDTH : 0),
  );
  return {
    see(column: number, length: number) {
      if (length > (widths[column] ?? 0)) widths[column] = length;
    },
    list: () => widths.map((width) => Math.min(Math.max(width + PADDING, MIN_WIDTH), MAX_WIDTH)),
  };
}

function boldLength(text: string): number {
  return Math.ceil(text.length * BOLD);
}

function longestWord(text: string): string {
  return text.split(/\s/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}
