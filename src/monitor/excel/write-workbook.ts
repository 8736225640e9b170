import * as XLSX from "xlsx";
import { cellText } from "./cell-text.ts";
import { createSerialDates } from "./serial-dates.ts";
import type { Cell, Sheet, Workbook } from "./workbook.ts";

/** So marked, a text stays one also when somebody edits its cell, whatever it begins with. */
const TEXT_FORMAT = "@";
const MIN_WIDTH = 8;
const MAX_WIDTH = 60;
/** The arrow of the filter takes the room of three letters. */
const ARROW_WIDTH = 3;
const NUMBER_WIDTH = 12;
const MAX_SHARED_TEXTS = 20_000;

type WrittenCell = XLSX.CellObject & { z: string };

/** Writes an .xlsx; the rows of the sheets are used up. Runs long and takes memory: call it in a worker. */
export function writeWorkbook({ sheets, timeZone, dateFormat }: Workbook): Uint8Array<ArrayBuffer> {
  const workbook = XLSX.utils.book_new();
  const serialDate = createSerialDates(timeZone);
  for (const sheet of sheets) {
    XLSX.utils.book_append_sheet(workbook, fillSheet(sheet, dateFormat, serialDate), sheet.name);
  }
  const written: Buffer = XLSX.write(workbook, {
    bookType: "xlsx",
    type: "buffer",
    bookSST: true,
    compression: true,
  });
  // A copy has memory of its own, which can be handed over.
  return new Uint8Array(written);
}

function fillSheet(
  { columns, rows, hasFilter }: Sheet,
  dateFormat: string,
  serialDate: (date: Date) => number,
): XLSX.WorkSheet {
  const widths = columns.map(({ heading }) => heading.length + (hasFilter ? ARROW_WIDTH : 0));
  const textCells = new Map<string, WrittenCell>();
  const range = { s: { r: 0, c: 0 }, e: { r: rows.length, c: columns.length - 1 } };
  const data = [writeRow(columns.map(({ heading }) => heading))];
  for (const [index, row] of rows.entries()) {
    data.push(writeRow(row));
    rows[index] = [];
  }
  const reference = XLSX.utils.encode_range(range);
  return {
    "!data": data,
    "!ref": reference,
    "!cols": widths.map((width) => ({ wch: Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH) })),
    ...(hasFilter && { "!autofilter": { ref: reference } }),
  };

  function writeRow(row: Cell[]): WrittenCell[] {
    const written: WrittenCell[] = [];
    row.forEach((cell, index) => {
      const writtenCell = writeCell(cell, index);
      if (!writtenCell) return;
      written[index] = writtenCell;
      const width = typeof cell === "string" ? cell.length : NUMBER_WIDTH;
      if (width > (widths[index] ?? 0)) widths[index] = width;
    });
    return written;
  }

  function writeCell(cell: Cell, column: number): WrittenCell | undefined {
    if (cell === null || cell === "") return undefined;
    if (typeof cell === "string") return textCell(cell);
    if (typeof cell === "number") return { t: "n", v: cell, z: columns[column]?.numberFormat ?? "0" };
    return { t: "n", v: serialDate(cell), z: dateFormat };
  }

  /** Most texts come again and again: their cells are one. */
  function textCell(text: string): WrittenCell {
    const known = textCells.get(text);
    if (known) return known;
    const cell: WrittenCell = { t: "s", v: cellText(text), z: TEXT_FORMAT };
    if (textCells.size < MAX_SHARED_TEXTS) textCells.set(text, cell);
    return cell;
  }
}
