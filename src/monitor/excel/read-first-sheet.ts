import * as XLSX from "xlsx";
import { inflateWorkbook } from "./inflate-workbook.ts";
import type { TextRow } from "./text-row.ts";
import { WorkbookError } from "./workbook-error.ts";

const GENERAL_FORMAT_EXPONENT = "E+";

/**
 * Reads the first sheet of an .xlsx as text cells: numbers as they are shown, formulas by the value saved with them.
 * Runs long and takes memory: call it in a worker.
 * @throws WorkbookError
 */
export async function readFirstSheet(
  bytes: Uint8Array,
  maxInflatedBytes: number,
): Promise<Generator<TextRow>> {
  return textRows(parseFirstSheet(packParts(await inflateWorkbook(bytes, maxInflatedBytes))));
}

/** Packs anew what was inflated and counted, so that the parser cannot find other entries in the zip than were counted. */
function packParts(parts: Map<string, Buffer>): Uint8Array {
  const container = XLSX.CFB.utils.cfb_new();
  for (const [name, part] of parts) XLSX.CFB.utils.cfb_add(container, name, part, { unsafe: true });
  return XLSX.CFB.write(container, { fileType: "zip", type: "buffer" });
}

function parseFirstSheet(zip: Uint8Array): XLSX.CellObject[][] {
  try {
    const workbook = XLSX.read(zip, {
      type: "buffer",
      dense: true,
      sheets: 0,
      cellFormula: false,
      cellHTML: false,
    });
    const sheet = workbook.Sheets[workbook.SheetNames[0] ?? ""];
    return sheet?.["!data"] ?? [];
  } catch (error) {
    throw new WorkbookError("not_a_workbook", { cause: error });
  }
}

/** By the keys that are there: a file may place a cell in row or column four billion. */
function* textRows(rows: XLSX.CellObject[][]): Generator<TextRow> {
  for (const [rowIndex, cells] of Object.entries(rows)) {
    const texts = new Map(Object.entries(cells).map(([index, cell]) => [Number(index), shownText(cell)]));
    yield { rowNumber: Number(rowIndex) + 1, texts };
  }
}

function shownText(cell: XLSX.CellObject): string {
  const shown = cell.w ?? String(cell.v ?? "");
  const isLongInteger = Number.isSafeInteger(cell.v) && shown.includes(GENERAL_FORMAT_EXPONENT);
  return isLongInteger ? String(cell.v) : shown;
}
