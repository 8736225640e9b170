import * as XLSX from "xlsx";
import { createCellStyles } from "./cell-styles.ts";
import { fillSheet } from "./fill-sheet.ts";
import { createSerialDates } from "./serial-dates.ts";
import { styleWorkbook } from "./style-workbook.ts";
import type { Workbook } from "./workbook.ts";

/** Writes an .xlsx; the rows of the sheets are used up. Runs long and takes memory: call it in a worker. */
export async function writeWorkbook({
  sheets,
  timeZone,
  dateFormat,
}: Workbook): Promise<Uint8Array<ArrayBuffer>> {
  const workbook = XLSX.utils.book_new();
  const styles = createCellStyles();
  const serialDate = createSerialDates(timeZone);
  for (const sheet of sheets) {
    XLSX.utils.book_append_sheet(workbook, fillSheet(sheet, { styles, dateFormat, serialDate }), sheet.name);
  }
  workbook.Workbook = { Names: sheets.map(({ name }, index) => headingsOnEveryPage(name, index)) };
  return await styleWorkbook(
    XLSX.write(workbook, { bookType: "xlsx", type: "buffer", bookSST: true, compression: false }),
    styles,
  );
}

function headingsOnEveryPage(name: string, index: number): XLSX.DefinedName {
  return { Name: "_xlnm.Print_Titles", Ref: `'${name}'!$1:$1`, Sheet: index };
}
