import type { CellStyles } from "./cell-styles.ts";
import { writeStyles } from "./write-styles.ts";

const NAMED_FORMAT = /<numFmt numFmtId="(\d+)" formatCode="(style \d+)"\/>/g;
const CELL_FORMATS = /<cellXfs [^>]*>.*<\/cellXfs>/s;
const CELL_FORMAT = /<xf numFmtId="(\d+)"/g;

/**
 * Writes the styles of a workbook.
 * @param written Those of SheetJS: number formats are names of styles, and a cell says where in the list of cell
 * formats its own is.
 * @throws Error where SheetJS does not write them as it did.
 */
export function stylesPart(written: string, styles: CellStyles): string {
  const names = new Map(Array.from(written.matchAll(NAMED_FORMAT), ([, id, name = ""]) => [id, name]));
  const [cellFormats = ""] = CELL_FORMATS.exec(written) ?? [];
  const [general, ...used] = Array.from(cellFormats.matchAll(CELL_FORMAT), ([, id]) => id);
  if (general !== "0") throw new Error("SheetJS wrote styles of which the first is not the general one");
  return writeStyles(used.map((id) => styles.find(names.get(id) ?? "")));
}
