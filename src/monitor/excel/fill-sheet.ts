import * as XLSX from "xlsx";
import { createColumnWidths } from "./column-widths.ts";
import type { Tint } from "./palette.ts";
import { createTextCells, emptyCell } from "./text-cells.ts";
import type { Sheet } from "./workbook.ts";
import { createRowWriter, type RowWriting, TEXT_FORMAT } from "./write-row.ts";

/** In inches. */
const MARGINS: XLSX.MarginInfo = { left: 0.4, right: 0.4, top: 0.7, bottom: 0.6, header: 0.3, footer: 0.3 };

/** Makes of a sheet one of SheetJS, with names of styles for number formats; its rows are used up. */
export function fillSheet(
  { columns, rows, tints = [], hasFilter }: Sheet,
  { styles, dateFormat, serialDate }: Pick<RowWriting, "styles" | "dateFormat" | "serialDate">,
): XLSX.WorkSheet {
  const widths = createColumnWidths(columns, hasFilter);
  const writing: RowWriting = { columns, isLined: hasFilter, styles, widths, dateFormat, serialDate };
  const writers = new Map<Tint | undefined, ReturnType<typeof createRowWriter>>();
  const headingStyle = styles.nameOf({
    format: TEXT_FORMAT,
    isHeading: true,
    isBold: true,
    wraps: true,
    isLined: true,
  });
  const headingCells = createTextCells(headingStyle);
  const data = [columns.map(({ heading }) => (heading ? headingCells(heading) : emptyCell(headingStyle)))];
  for (const [index, row] of rows.entries()) {
    const tint = tints[index];
    const write = writers.get(tint) ?? createRowWriter(writing, tint);
    writers.set(tint, write);
    data.push(write(row));
    rows[index] = [];
  }
  const reference = XLSX.utils.encode_range({
    s: { r: 0, c: 0 },
    e: { r: rows.length, c: columns.length - 1 },
  });
  return {
    "!data": data,
    "!ref": reference,
    "!cols": widths.list().map((wch) => ({ wch })),
    "!margins": MARGINS,
    ...(hasFilter && { "!autofilter": { ref: reference } }),
  };
}
