import { buffer } from "node:stream/consumers";
import type { Cell, SheetSetup } from "../../src/monitor/excel/sheet.ts";
import type { Tint } from "../../src/monitor/excel/styles.ts";
import { createWorkbook } from "../../src/monitor/excel/workbook.ts";

export interface WrittenSheet extends SheetSetup {
  rows: readonly Cell[][];
  tints?: readonly (Tint | undefined)[];
}

export const DATE_FORMAT = "dd.mm.yyyy hh:mm:ss";

export async function writeWorkbook(...sheets: WrittenSheet[]): Promise<Buffer> {
  const workbook = createWorkbook("Europe/Moscow", DATE_FORMAT);
  const bytes = buffer(workbook.bytes);
  for (const { rows, tints, ...setup } of sheets) {
    const sheet = workbook.addSheet(setup);
    for (const [index, row] of rows.entries()) await sheet.add(row, tints?.[index]);
  }
  workbook.end();
  return await bytes;
}
