import { buffer } from "node:stream/consumers";
import * as XLSX from "xlsx";
import { ZipFile } from "yazl";
import type { CellStyles } from "./cell-styles.ts";
import { completeSheet } from "./sheet-part.ts";
import { stylesPart } from "./styles-part.ts";

const STYLES_PART = "xl/styles.xml";
const SHEET_PART = /^xl\/worksheets\/[^/]+\.xml$/;
/** What SheetJS puts before the name of a part, and a file of its own that belongs to no workbook. */
const ROOT = "Root Entry/";
const MARK = `${ROOT}\u0001Sh33tJ5`;

interface Container {
  FullPaths: string[];
  FileIndex: { content?: Buffer }[];
}

/**
 * Adds to the parts of a workbook what SheetJS cannot write: how cells look, headings that stay, the setup of pages.
 * @param stored A workbook of SheetJS without compression, with names of styles for number formats.
 */
export async function styleWorkbook(stored: Buffer, styles: CellStyles): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipFile();
  for (const [name, part] of partsOf(stored)) zip.addBuffer(styled(name, part, styles), name);
  zip.end();
  // A copy has memory of its own, which can be handed over.
  return new Uint8Array(await buffer(zip.outputStream));
}

function* partsOf(stored: Buffer): Generator<[name: string, part: Buffer]> {
  const { FullPaths, FileIndex }: Container = XLSX.CFB.read(stored, { type: "buffer" });
  for (const [index, path] of FullPaths.entries()) {
    const { content } = FileIndex[index] ?? {};
    if (content && path !== MARK) yield [path.slice(ROOT.length), content];
  }
}

function styled(name: string, part: Buffer, styles: CellStyles): Buffer {
  if (name === STYLES_PART) return Buffer.from(stylesPart(part.toString("utf8"), styles));
  return SHEET_PART.test(name) ? completeSheet(part) : part;
}
