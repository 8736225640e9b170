import { childrenOf, readXml, type XmlElement } from "./xml.ts";
import { readZip } from "./zip-contents.ts";

/** A cell as it stands in the file: a text, a number (dates too), and the format in which it is shown. */
export interface ReadCell {
  value: string | number;
  format: string;
}

export interface ReadSheet {
  name: string;
  /** Without the empty cells at the end of a row. */
  rows: (ReadCell | null)[][];
  /** The values alone. */
  values: (string | number | null)[][];
  filter: string | null;
  widths: number[];
  hasFormulas: boolean;
}

const TEXT_FORMAT_ID = 49;

/** Reads an .xlsx by the standard (ECMA-376), with nothing of the library that wrote it. */
export async function readWorkbook(bytes: Buffer): Promise<ReadSheet[]> {
  const { part, sheets } = await openWorkbook(bytes);
  const formats = formatsOf(part("xl/styles.xml"));
  return sheets.map(({ name, element }) => readSheet(name, element, formats));
}

/** The parts of an .xlsx, all of them well-formed, and its sheets in their order. */
export async function openWorkbook(bytes: Buffer) {
  const parts = await readZip(bytes);
  const part = (name: string) => {
    const text = parts[name];
    if (text === undefined) throw new Error(`${name} is missing`);
    return readXml(text);
  };
  for (const name of Object.keys(parts)) if (/\.(xml|rels)$/.test(name)) part(name);
  const targets = new Map(
    childrenOf(part("xl/_rels/workbook.xml.rels"), "Relationship").map(({ attributes }) => [
      attributes.Id,
      attributes.Target,
    ]),
  );
  const [list] = childrenOf(part("xl/workbook.xml"), "sheets");
  const sheets = childrenOf(list, "sheet").map(({ attributes }) => ({
    name: attributes.name ?? "",
    element: part(`xl/${targets.get(attributes["r:id"])}`),
  }));
  return { part, sheets };
}

/** The clock that a date in a cell shows: `2026-11-24 13:00:00`. */
export function shownDate(value: string | number | null | undefined): string {
  if (typeof value !== "number") return "";
  return new Date(Math.round(value * 86_400) * 1_000 + Date.UTC(1899, 11, 30))
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}

function readSheet(name: string, sheet: XmlElement, formats: string[]): ReadSheet {
  const rows = childrenOf(childrenOf(sheet, "sheetData")[0], "row").reduce<ReadSheet["rows"]>((rows, row) => {
    const cells: (ReadCell | null)[] = [];
    for (const cell of childrenOf(row, "c")) {
      const column = columnOf(cell.attributes.r ?? "");
      while (cells.length < column) cells.push(null);
      cells.push(readCell(cell, formats));
    }
    while (cells.at(-1) === null) cells.pop();
    const index = Number(row.attributes.r) - 1;
    while (rows.length < index) rows.push([]);
    rows.push(cells);
    return rows;
  }, []);
  return {
    name,
    rows,
    values: rows.map((row) => row.map((cell) => cell?.value ?? null)),
    filter: childrenOf(sheet, "autoFilter")[0]?.attributes.ref ?? null,
    widths: childrenOf(childrenOf(sheet, "cols")[0], "col").map(({ attributes }) => Number(attributes.width)),
    hasFormulas: JSON.stringify(sheet).includes('"name":"f"'),
  };
}

/** @returns null for a cell that has a look alone. */
function readCell(cell: XmlElement, formats: string[]): ReadCell | null {
  if (cell.children.length === 0) return null;
  const { t: type = "n", s: style = "0" } = cell.attributes;
  if (type !== "n" && type !== "inlineStr") throw new Error(`a cell of type ${type}`);
  const [written] = type === "n" ? childrenOf(cell, "v") : childrenOf(childrenOf(cell, "is")[0], "t");
  if (!written) throw new Error(`a cell of type ${type} without it`);
  const value = type === "n" ? Number(written.text) : unescapeCharacters(written.text);
  if (Number.isNaN(value)) throw new Error(`the number ${written.text}`);
  return { value, format: formats[Number(style)] ?? "" };
}

function formatsOf(styles: XmlElement): string[] {
  const named = new Map(
    childrenOf(childrenOf(styles, "numFmts")[0], "numFmt").map(({ attributes }) => [
      attributes.numFmtId,
      attributes.formatCode,
    ]),
  );
  return childrenOf(childrenOf(styles, "cellXfs")[0], "xf").map(({ attributes: { numFmtId } }) =>
    Number(numFmtId) === TEXT_FORMAT_ID ? "@" : (named.get(numFmtId) ?? `built-in ${numFmtId}`),
  );
}

/** From 0. */
export function columnOf(reference: string): number {
  const letters = /^[A-Z]+/.exec(reference)?.[0] ?? "";
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** `_x000D_` stands for a character that XML cannot hold. */
function unescapeCharacters(text: string): string {
  return text.replace(/_x([0-9a-f]{4})_/gi, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
