import type { Tint } from "../../src/monitor/excel/palette.ts";
import type { Cell, SheetSetup } from "../../src/monitor/excel/sheet.ts";
import { createWorkbook } from "../../src/monitor/excel/workbook.ts";

export interface WrittenSheet extends SheetSetup {
  rows: readonly Cell[][];
  /** The backgrounds of the rows. */
  tints?: readonly (Tint | undefined)[];
}

export const DATE_FORMAT = "dd.mm.yyyy hh:mm:ss";

export function newWorkbook() {
  return createWorkbook({ timeZone: "Europe/Moscow", dateFormat: DATE_FORMAT });
}

/** Makes an .xlsx of these sheets. */
export async function writeWorkbook(...sheets: WrittenSheet[]): Promise<Buffer> {
  const workbook = newWorkbook();
  for (const { rows, tints, ...setup } of sheets) {
    const sheet = workbook.addSheet(setup);
    for (const [index, row] of rows.entries()) await sheet.add(row, tints?.[index]);
  }
  return await workbook.finish();
}
