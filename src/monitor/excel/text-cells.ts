import type * as XLSX from "xlsx";

const MAX_SHARED_TEXTS = 20_000;

/** A cell of SheetJS that has the name of a style where its number format would be. */
export type WrittenCell = XLSX.CellObject & { z: string };

/** @returns a function that makes cells of one style; most texts come again and again, and their cells are one. */
export function createTextCells(style: string): (text: string) => WrittenCell {
  const cells = new Map<string, WrittenCell>();
  return (text) => {
    const known = cells.get(text);
    if (known) return known;
    const cell: WrittenCell = { t: "s", v: cellText(text), z: style };
    if (cells.size < MAX_SHARED_TEXTS) cells.set(text, cell);
    return cell;
  };
}

/** A cell that has a look alone. */
export function emptyCell(style: string): WrittenCell {
  return { t: "z", z: style };
}

/** Of Excel, and of the writer, which throws beyond it. */
const MAX_LENGTH = 32_767;
const LINE_END = /\r\n?/g;
/** Neither may stand in XML. */
const UNWRITABLE = /[[\p{Cc}\ufffe\uffff]--[\t\n]]/gv;
const REPLACEMENT = "\ufffd";
/** What Excel would read as the code of a character. */
const CHARACTER_CODE = /_(?=x[0-9a-f]{4}_)/gi;
const ESCAPED_UNDERSCORE = "_x005F_";

/** A text as a cell can hold it: nothing that breaks the file or is read as anything else, and not too long. */
function cellText(text: string): string {
  const clean = text
    .replace(LINE_END, "\n")
    .toWellFormed()
    .replace(UNWRITABLE, REPLACEMENT)
    .replace(CHARACTER_CODE, ESCAPED_UNDERSCORE);
  return clean.length <= MAX_LENGTH ? clean : cut(clean);
}

/** Cuts between whole characters. */
function cut(text: string): string {
  return `${text.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
