import { childrenAt, readXml, type XmlElement } from "./xml.ts";
import { readZip } from "./zip-contents.ts";

export type ReadSheet = Awaited<ReturnType<typeof readWorkbook>>[number];

const TEXT_FORMAT_ID = "49";

/** Reads an .xlsx by the standard (ECMA-376), with nothing of the library that wrote it. */
export async function readWorkbook(bytes: Buffer) {
  const { part, sheets } = await openWorkbook(bytes);
  const formats = formatsOf(part("xl/styles.xml"));
  return sheets.map(({ name, element }) => {
    const rows = readCells(element, (cell) => readCell(cell, formats));
    for (const cells of rows) while (cells.at(-1) === null) cells.pop();
    return {
      name,
      rows,
      values: rows.map((row) => row.map((cell) => cell?.value ?? null)),
      filter: childrenAt(element, "autoFilter")[0]?.attributes.ref ?? null,
      widths: childrenAt(element, "cols", "col").map(({ attributes }) => Number(attributes.width)),
      hasFormulas: JSON.stringify(element).includes('"name":"f"'),
    };
  });
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
  const relations = childrenAt(part("xl/_rels/workbook.xml.rels"), "Relationship");
  const targets = new Map(relations.map(({ attributes: { Id, Target } }) => [Id, Target]));
  const sheets = childrenAt(part("xl/workbook.xml"), "sheets", "sheet").map(({ attributes }) => ({
    name: attributes.name ?? "",
    element: part(`xl/${targets.get(attributes["r:id"])}`),
  }));
  return { part, sheets };
}

/** What is read of the cells of a sheet, by row and column; null = there is nothing. */
export function readCells<Read>(sheet: XmlElement, read: (cell: XmlElement) => Read): (Read | null)[][] {
  const rows: (Read | null)[][] = [];
  for (const row of childrenAt(sheet, "sheetData", "row")) {
    const cells: (Read | null)[] = [];
    for (const cell of childrenAt(row, "c")) cells[columnOf(cell.attributes.r)] = read(cell);
    rows[Number(row.attributes.r) - 1] = Array.from(cells, (cell) => cell ?? null);
  }
  return Array.from(rows, (cells) => cells ?? []);
}

function columnOf(reference = ""): number {
  const letters = /^[A-Z]+/.exec(reference)?.[0] ?? "";
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** The clock that a date in a cell shows: `2026-11-24 13:00:00`. */
export function shownDate(value: string | number | null | undefined): string {
  if (typeof value !== "number") return "";
  const shown = new Date(Math.round(value * 86_400) * 1_000 + Date.UTC(1899, 11, 30));
  return shown.toISOString().slice(0, 19).replace("T", " ");
}

/** The text or number (dates too) in the file, and its format. @returns null for a cell that has a look alone. */
function readCell(cell: XmlElement, formats: string[]) {
  if (cell.children.length === 0) return null;
  const { t: type = "n", s: style = "0" } = cell.attributes;
  if (type !== "n" && type !== "inlineStr") throw new Error(`a cell of type ${type}`);
  const [written] = type === "n" ? childrenAt(cell, "v") : childrenAt(cell, "is", "t");
  if (!written) throw new Error(`a cell of type ${type} without it`);
  const value = type === "n" ? Number(written.text) : unescapeCharacters(written.text);
  if (Number.isNaN(value)) throw new Error(`the number ${written.text}`);
  return { value, format: formats[Number(style)] ?? "" };
}

function formatsOf(styles: XmlElement): string[] {
  const custom = childrenAt(styles, "numFmts", "numFmt");
  const named = new Map(custom.map(({ attributes }) => [attributes.numFmtId, attributes.formatCode]));
  return childrenAt(styles, "cellXfs", "xf").map(({ attributes: { numFmtId } }) =>
    numFmtId === TEXT_FORMAT_ID ? "@" : (named.get(numFmtId) ?? `built-in ${numFmtId}`),
  );
}

/** `_x000D_` stands for a character that XML cannot hold. */
function unescapeCharacters(text: string): string {
  return text.replace(/_x([0-9a-f]{4})_/gi, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
