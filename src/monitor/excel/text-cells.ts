import type * as XLSX from "xlsx";
import { cellText } from "./cell-text.ts";

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
