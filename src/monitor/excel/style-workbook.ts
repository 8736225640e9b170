import { buffer } from "node:stream/consumers";
import * as XLSX from "xlsx";
import { ZipFile } from "yazl";
import type { CellStyles } from "./cell-styles.ts";
import { stylesPart } from "./write-styles.ts";

/** Where SheetJS writes what has to follow, or come before, what is added: CT_Worksheet has its elements in order. */
const DIMENSION = "<dimension ";
const VIEWS = '<sheetViews><sheetView workbookViewId="0"/></sheetViews>';
const IGNORED_ERRORS = "<ignoredErrors>";

const FITS_PAGE = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';
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

const FROZEN_VIEWS = [
  '<sheetViews><sheetView workbookViewId="0">',
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
  '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>',
  "</sheetView></sheetViews>",
].join("");
const A4 = 9;
/** As wide as one page, as long as it takes; the name of the sheet above, the number of the page below. */
const PAGES = [
  `<pageSetup paperSize="${A4}" orientation="landscape" fitToWidth="1" fitToHeight="0"/>`,
  "<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter>",
].join("");

/**
 * Adds to a sheet that SheetJS wrote a heading that stays, and how it is printed.
 * @throws Error where the sheet is not written as it was known to be.
 */
export function completeSheet(part: Buffer): Buffer {
  const dimension = find(part, DIMENSION);
  const views = find(part, VIEWS);
  const ignoredErrors = find(part, IGNORED_ERRORS);
  return Buffer.concat([
    part.subarray(0, dimension),
    Buffer.from(FITS_PAGE),
    part.subarray(dimension, views),
    Buffer.from(FROZEN_VIEWS),
    part.subarray(views + VIEWS.length, ignoredErrors),
    Buffer.from(PAGES),
    part.subarray(ignoredErrors),
  ]);
}

/** No text of a cell is in the way: those are in a part of their own, and `<` is escaped everywhere. */
function find(part: Buffer, text: string): number {
  const at = part.indexOf(text);
  if (at === -1) throw new Error(`SheetJS wrote a sheet without ${text}`);
  return at;
}
