import { buffer } from "node:stream/consumers";
import type { Db } from "../../src/monitor/database/schema.ts";
import type { ExportModule } from "../../src/monitor/excel/export-worker.ts";
import type { Cell, SheetSetup } from "../../src/monitor/excel/sheet.ts";
import type { Tint } from "../../src/monitor/excel/styles.ts";
import { createWorkbook } from "../../src/monitor/excel/workbook.ts";
import type { Viewer } from "../../src/monitor/viewer/viewer.ts";

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

/** Makes the file of an export in this process: to start a worker for each takes a second. */
export async function makeExport<Query>(
  { prepare }: ExportModule<Query>,
  db: Db,
  viewer: Viewer,
  query: Query,
  now: number,
): Promise<Buffer> {
  const workbook = createWorkbook(viewer.timeZone, DATE_FORMAT);
  const bytes = buffer(workbook.bytes);
  const { write } = await prepare(db, viewer, query, now);
  await write(workbook);
  workbook.end();
  return await bytes;
}
