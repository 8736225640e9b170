import iconv from "iconv-lite";
import Papa from "papaparse";
import { readFirstSheet, type TextRow } from "../../excel/read-first-sheet.ts";
import { looksLikePairingString } from "../../registry/connection.ts";
import { readName } from "../../registry/names.ts";
import {
  CHANGING_COLUMNS,
  COLUMNS,
  columnOf,
  type ImportColumn,
  maxLengthOf,
  REQUIRED_COLUMN,
} from "./columns.ts";
import { ImportFileError, MAX_FILE_ROWS, MAX_INFLATED_BYTES } from "./import-file-error.ts";

export type FileKind = "xlsx" | "csv";

/** The texts of one row by column, with the row's number in the file. */
export type RawRow = Record<ImportColumn, string> & {
  rowNumber: number;
  /** It has more cells than headings: an unquoted cell was split, and the others moved. */
  isTooWide: boolean;
};

interface Headings {
  places: Map<ImportColumn, number>;
  /** The number of cells in their row. */
  width: number;
  unread: string[];
}

export interface ReadRows {
  rows: RawRow[];
  /** The headings of columns that no import knows. */
  unreadColumns: string[];
}

const LINE_ENDS: Partial<Record<ImportColumn, string>> = { tags: ", ", hours: "; ", works: "; " };

/** For titles and remarks. */
const MAX_ROWS_ABOVE_HEADINGS = 20;
const MAX_HEADING_LENGTH = 100;
/** Of columns that are not read; further ones are not named. */
const MAX_UNREAD_COLUMNS = 20;
const CSV_HEAD_LENGTH = 64 * 1024;
/** Empty ones count, too. */
const MAX_CSV_ROWS = 10 * MAX_FILE_ROWS;
const DELIMITERS = [";", ",", "\t"];
const ANSI_CODE_PAGE = "win1251";

/** Without empty rows. @throws ImportFileError, WorkbookError */
export async function readRows(bytes: Uint8Array, kind: FileKind): Promise<ReadRows> {
  const rows = kind === "xlsx" ? await readFirstSheet(bytes, MAX_INFLATED_BYTES) : readCsv(bytes);
  const { places, width, unread } = findHeadings(rows);
  const found: RawRow[] = [];
  for (const row of rows) {
    const texts = COLUMNS.map((column): [ImportColumn, string] => [
      column,
      cleanText(cellText(row, places, column), maxLengthOf(column)),
    ]);
    if (texts.every(([, text]) => text === "")) continue;
    if (found.length === MAX_FILE_ROWS)
      throw new ImportFileError("too_many_rows", { maxRows: MAX_FILE_ROWS });
    const byColumn = Object.fromEntries(texts) as Record<ImportColumn, string>;
    const isTooWide =
      kind === "csv" && [...row.texts].some(([index, text]) => index >= width && text.trim() !== "");
    found.push({ ...byColumn, rowNumber: row.rowNumber, isTooWide });
  }
  if (found.length === 0) throw new ImportFileError("no_rows");
  return { rows: found, unreadColumns: unread };
}

function* readCsv(bytes: Uint8Array): Generator<TextRow> {
  if (bytes.includes(0)) throw new ImportFileError("not_text");
  const text = decodeCsv(bytes);
  const head = text.slice(0, CSV_HEAD_LENGTH);
  const headings = DELIMITERS.map((delimiter) => mostHeadings(head, delimiter));
  const delimiter = DELIMITERS[headings.indexOf(Math.max(...headings))];
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, preview: MAX_CSV_ROWS });
  const [problem] = errors;
  if (problem) throw new ImportFileError("wrong_quotes", { row: (problem.row ?? 0) + 1 });
  yield* data.map(textRow);
  if (data.length === MAX_CSV_ROWS) throw new ImportFileError("too_many_rows", { maxRows: MAX_FILE_ROWS });
}

function textRow(cells: string[], index: number): TextRow {
  const texts = new Map<number, string>();
  for (const [place, text] of cells.entries()) if (text !== "") texts.set(place, text);
  return { rowNumber: index + 1, texts };
}

/** UTF-8 with or without a byte order mark, else CP1251, in which Russian Excel saves. */
function decodeCsv(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return iconv.decode(Buffer.from(bytes), ANSI_CODE_PAGE);
  }
}

function mostHeadings(text: string, delimiter: string): number {
  const { data } = Papa.parse<string[]>(text, { delimiter, preview: MAX_ROWS_ABOVE_HEADINGS + 1 });
  return Math.max(0, ...data.map((cells, index) => headingPlaces(textRow(cells, index)).length));
}

function findHeadings(rows: Generator<TextRow>): Headings {
  for (let above = 0; above <= MAX_ROWS_ABOVE_HEADINGS; above++) {
    const next = rows.next();
    if (next.done) break;
    const places = headingPlaces(next.value);
    const width = ([...next.value.texts.keys()].at(-1) ?? 0) + 1;
    if (places.length >= 2)
      return { places: checkHeadings(places), width, unread: unreadHeadings(next.value) };
  }
  throw new ImportFileError("no_header_row");
}

function headingPlaces(row: TextRow): [ImportColumn, number][] {
  return [...row.texts].flatMap(([index, text]): [ImportColumn, number][] => {
    const column = columnOf(cleanText(text, MAX_HEADING_LENGTH));
    return column ? [[column, index]] : [];
  });
}

function unreadHeadings(row: TextRow): string[] {
  return [...row.texts.values()]
    .map((text) => cleanText(text, MAX_HEADING_LENGTH))
    .filter((heading) => heading !== "" && columnOf(heading) === null && !looksLikePairingString(heading))
    .slice(0, MAX_UNREAD_COLUMNS);
}

function checkHeadings(places: [ImportColumn, number][]): Headings["places"] {
  const columns = places.map(([column]) => column);
  const repeated = new Set(columns.filter((column, index) => columns.indexOf(column) < index));
  if (repeated.size > 0) throw new ImportFileError("repeated_column", { columns: [...repeated].join(", ") });
  const isForNothing = !CHANGING_COLUMNS.some((column) => columns.includes(column));
  const required = [REQUIRED_COLUMN, ...(isForNothing ? CHANGING_COLUMNS.slice(-1) : [])];
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new ImportFileError("missing_columns", { columns: missing.join(", ") });
  return new Map(places);
}

/** Tags, and parts of opening hours, may be on lines of their own in a cell. */
function cellText(row: TextRow, places: Headings["places"], column: ImportColumn): string {
  const text = row.texts.get(places.get(column) ?? -1) ?? "";
  return text.replace(/[\r\n]+/g, LINE_ENDS[column] ?? "\n");
}

function cleanText(text: string, maxLength: number): string {
  return readName(text.slice(0, 2 * maxLength)).slice(0, maxLength);
}
