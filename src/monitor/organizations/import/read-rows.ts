import { readFirstSheet } from "../../excel/read-first-sheet.ts";
import type { TextRow } from "../../excel/text-row.ts";
import { readName } from "../registry/names.ts";
import { COLUMNS, columnOf, type ImportColumn, REQUIRED_COLUMNS } from "./columns.ts";
import { DELIMITERS, type Delimiter, decodeCsv, readCsvRows } from "./csv.ts";
import { ImportFileError } from "./import-file-error.ts";
import {
  MAX_CELL_LENGTHS,
  MAX_FILE_ROWS,
  MAX_HEADING_LENGTH,
  MAX_INFLATED_BYTES,
  MAX_ROWS_ABOVE_HEADINGS,
} from "./limits.ts";

export type FileKind = "xlsx" | "csv";

/** The texts of one row by column, with the row's number in the file. */
export type RawRow = Record<ImportColumn, string> & { rowNumber: number };

type ColumnPlaces = Map<ImportColumn, number>;

const CSV_HEAD_LENGTH = 64 * 1024;

/**
 * Reads the rows of an import file; empty rows are left out.
 * @throws ImportFileError or WorkbookError
 */
export async function readRows(bytes: Uint8Array, kind: FileKind): Promise<RawRow[]> {
  const rows = kind === "xlsx" ? await readFirstSheet(bytes, MAX_INFLATED_BYTES) : readCsv(bytes);
  const places = findHeadings(rows);
  const found: RawRow[] = [];
  for (const row of rows) {
    const texts = COLUMNS.map((column): [ImportColumn, string] => [
      column,
      cleanText(row, places.get(column), MAX_CELL_LENGTHS[column]),
    ]);
    if (texts.every(([, text]) => text === "")) continue;
    if (found.length === MAX_FILE_ROWS)
      throw new ImportFileError("too_many_rows", { maxRows: MAX_FILE_ROWS });
    const byColumn = Object.fromEntries(texts) as Record<ImportColumn, string>;
    found.push({ ...byColumn, rowNumber: row.rowNumber });
  }
  if (found.length === 0) throw new ImportFileError("no_rows");
  return found;
}

function readCsv(bytes: Uint8Array): Generator<TextRow> {
  if (bytes.includes(0)) throw new ImportFileError("not_text");
  const text = decodeCsv(bytes);
  return readCsvRows(text, likelyDelimiter(text.slice(0, CSV_HEAD_LENGTH)));
}

function likelyDelimiter(head: string): Delimiter {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, headings: mostHeadings(head, delimiter) }));
  return counts.reduce((best, other) => (other.headings > best.headings ? other : best)).delimiter;
}

function mostHeadings(head: string, delimiter: Delimiter): number {
  let most = 0;
  for (const row of readCsvRows(head, delimiter)) {
    if (row.rowNumber > MAX_ROWS_ABOVE_HEADINGS + 1) break;
    most = Math.max(most, headingPlaces(row).length);
  }
  return most;
}

/** Advances the rows past the headings. */
function findHeadings(rows: Generator<TextRow>): ColumnPlaces {
  for (let above = 0; above <= MAX_ROWS_ABOVE_HEADINGS; above++) {
    const next = rows.next();
    if (next.done) break;
    const places = headingPlaces(next.value);
    if (places.length >= 2) return checkHeadings(places);
  }
  throw new ImportFileError("no_header_row");
}

function headingPlaces(row: TextRow): [ImportColumn, number][] {
  return [...row.texts.keys()].flatMap((index): [ImportColumn, number][] => {
    const column = columnOf(cleanText(row, index, MAX_HEADING_LENGTH));
    return column ? [[column, index]] : [];
  });
}

function checkHeadings(places: [ImportColumn, number][]): ColumnPlaces {
  const columns = places.map(([column]) => column);
  const repeated = new Set(columns.filter((column, index) => columns.indexOf(column) < index));
  if (repeated.size > 0) throw new ImportFileError("repeated_column", { columns: [...repeated].join(", ") });
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new ImportFileError("missing_columns", { columns: missing.join(", ") });
  return new Map(places);
}

function cleanText(row: TextRow, index: number | undefined, maxLength: number): string {
  const text = index === undefined ? "" : (row.texts.get(index) ?? "");
  return readName(text.slice(0, 2 * maxLength)).slice(0, maxLength);
}
