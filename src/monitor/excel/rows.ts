import type { Tint } from "./palette.ts";
import type { Cell } from "./workbook.ts";

/** A longer file helps nobody. */
export const MAX_ROWS = 100_000;
/** What the texts of a sheet may take in the file before it is compressed; those of 100,000 POS servers take about 20 MB. */
const MAX_TEXT_BYTES = 100_000_000;
/** Written as `&quot;` and the like. */
const ESCAPED = /[&<>"']/g;
const MORE_BYTES_ESCAPED = 5;

export type ExportRefusal = "too_many_rows" | "too_much_text";

/** A sheet would be larger than a file may be, or than the memory of its worker allows. */
export class ExportTooLargeError extends Error {
  readonly refusal: ExportRefusal;

  constructor(refusal: ExportRefusal) {
    super(`a sheet has ${refusal.replaceAll("_", " ")}`);
    this.name = "ExportTooLargeError";
    this.refusal = refusal;
  }
}

/** Collects the rows of a sheet, and their backgrounds. */
export function createRows() {
  const cells: Cell[][] = [];
  const tints: (Tint | undefined)[] = [];
  let textBytes = 0;
  return {
    cells,
    tints,
    /** @throws ExportTooLargeError */
    add(row: Cell[], tint?: Tint): void {
      if (cells.length === MAX_ROWS) throw new ExportTooLargeError("too_many_rows");
      for (const cell of row) textBytes += bytesOf(cell);
      if (textBytes > MAX_TEXT_BYTES) throw new ExportTooLargeError("too_much_text");
      cells.push(row);
      tints.push(tint);
    },
  };
}

function bytesOf(cell: Cell): number {
  const text = typeof cell === "object" && cell && "text" in cell ? cell.text : cell;
  if (typeof text !== "string") return 0;
  return Buffer.byteLength(text) + MORE_BYTES_ESCAPED * (text.match(ESCAPED)?.length ?? 0);
}
