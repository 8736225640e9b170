/**
 * The least that a styled export can be: a process that loads SheetJS, writes the rows of an .xlsx, known beforehand, and
 * zips the parts once more. Prints its time since it began, ms.
 */
import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import * as XLSX from "xlsx";
import { ZipFile } from "yazl";
import { readZip } from "../helpers/zip-contents.ts";
import { printResult, readInput } from "./program.ts";

const loadedMs = performance.now();
const workbook = XLSX.read(readFileSync(readInput<string>()), { dense: true, cellDates: true });
const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ""] ?? {};
const rows = XLSX.utils.sheet_to_json<unknown[]>(sheet, { header: 1, raw: true });

const startedAt = performance.now();
const written = XLSX.utils.book_new(XLSX.utils.aoa_to_sheet(rows), "Sheet");
const bytes: Buffer = XLSX.write(written, { bookType: "xlsx", type: "buffer", compression: true });
const writtenMs = performance.now() - startedAt;
printResult(loadedMs + writtenMs + (await timeToZip(await readZip(bytes))));

async function timeToZip(contents: Record<string, string>): Promise<number> {
  const parts = Object.entries(contents).map(([name, text]) => ({ name, part: Buffer.from(text) }));
  const startedAt = performance.now();
  const zip = new ZipFile();
  for (const { name, part } of parts) zip.addBuffer(part, name);
  zip.end();
  await buffer(zip.outputStream);
  return performance.now() - startedAt;
}
