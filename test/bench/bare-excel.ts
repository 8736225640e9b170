/**
 * The least that an export can be: SheetJS alone, in a process of its own, over the rows of an .xlsx, known beforehand:
 * `node bare-excel.ts FILE REPETITIONS`. Prints the median of several runs in ms, as one line of JSON.
 */
import { readFileSync } from "node:fs";
import * as XLSX from "xlsx";
import { quantile } from "./report.ts";

const [file = "", repetitions = "1"] = process.argv.slice(2);
const workbook = XLSX.read(readFileSync(file), { dense: true, cellDates: true });
const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ""] ?? {};
const rows = XLSX.utils.sheet_to_json<unknown[]>(sheet, { header: 1, raw: true });

const times: number[] = [];
for (let repetition = 0; repetition < Number(repetitions); repetition += 1) {
  const startedAt = performance.now();
  const written = XLSX.utils.book_new(XLSX.utils.aoa_to_sheet(rows), "Sheet");
  XLSX.write(written, { bookType: "xlsx", type: "buffer", compression: true });
  times.push(performance.now() - startedAt);
}
process.stdout.write(`${JSON.stringify({ ms: quantile(times, 0.5) })}\n`);
