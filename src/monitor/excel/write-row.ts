import type { CellStyle, CellStyles } from "./cell-styles.ts";
import { boldLength, type ColumnWidths } from "./column-widths.ts";
import type { Tint, Tone } from "./palette.ts";
import { createTextCells, emptyCell, type WrittenCell } from "./text-cells.ts";
import type { Cell, Column } from "./workbook.ts";

/** So marked, a text stays one also when somebody edits its cell, whatever it begins with. */
export const TEXT_FORMAT = "@";
const NUMBER_FORMAT = "0";
const NUMBER_WIDTH = 12;

export interface RowWriting {
  columns: readonly Column[];
  /** Whether all cells have lines around them. */
  isLined: boolean;
  styles: CellStyles;
  widths: ColumnWidths;
  dateFormat: string;
  serialDate: (date: Date) => number;
}

/** @returns a function that makes the cells of rows with this background; empty ones too, where they have a look. */
export function createRowWriter(
  { columns, isLined, styles, widths, dateFormat, serialDate }: RowWriting,
  tint: Tint | undefined,
): (row: readonly Cell[]) => WrittenCell[] {
  const textCells = new Map<string, ReturnType<typeof createTextCells>>();
  const writers = columns.map(createCellWriter);

  return (row) => {
    const cells: WrittenCell[] = [];
    for (const [column, write] of writers.entries()) {
      const cell = write(row[column] ?? null);
      if (cell) cells[column] = cell;
    }
    return cells;
  };

  function createCellWriter({ numberFormat = NUMBER_FORMAT, wraps }: Column, column: number) {
    const nameOf = (style: CellStyle) => styles.nameOf({ ...style, tint, wraps, isLined });
    const texts = nameOf({ format: TEXT_FORMAT });
    const numbers = nameOf({ format: numberFormat });
    const dates = nameOf({ format: dateFormat, isDate: true });
    const boldTexts = new Map<Tone | undefined, string>();
    const empty = tint || isLined ? emptyCell(texts) : undefined;
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
