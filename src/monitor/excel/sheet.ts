import { once } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ExportTooLargeError, MAX_ROWS } from "./export-refusal.ts";
import type { Tint, Tone } from "./palette.ts";
import type { SharedTexts } from "./shared-texts.ts";
import { type CellStyle, type Styles, TEXT_FORMAT } from "./styles.ts";
import { CHUNK_LENGTH, XML_HEAD } from "./xml.ts";

/** A text stays a text whatever it begins with; a date is shown in the workbook's zone. */
export type Cell = string | number | Date | BoldText | null;

/** A word that stands out, such as a state; the tone only repeats it. */
export interface BoldText {
  text: string;
  tone?: Tone | undefined;
}

export interface Column {
  heading: string;
  /** Such as `#,##0.0`. */
  numberFormat?: string;
  /** Whether long texts wrap. */
  wraps?: boolean;
}

export interface SheetSetup {
  /** At most 31 letters, without `[]:*?/\'`. */
  name: string;
  columns: readonly Column[];
  /** Whether the headings get filter arrows, and all cells lines around them. */
  hasFilter: boolean;
}

interface SheetContext {
  texts: SharedTexts;
  styles: Styles;
  /** Such as `dd.mm.yyyy hh:mm:ss`. */
  dateFormat: string;
  serialDate: (date: Date) => number;
}

export type Sheet = ReturnType<typeof createSheet>;

/** Indexes of the styles of a column's cells in rows of one background. */
interface ColumnLook {
  text: number;
  number: number;
  date: number;
  boldText(tone: Tone | undefined): number;
}

/** By these rows the widths are chosen, which stand before them in the file. */
const SAMPLE_ROWS = 3_000;
/** In letters, like all widths. */
const MIN_WIDTH = 8;
const MAX_WIDTH = 60;
const NUMBER_WIDTH = 12;
/** Of the filter; as wide as three letters. */
const ARROW_WIDTH = 3;
const PADDING = 1;
/** What Excel itself adds around a text of its usual font. */
const CELL_PADDING = 0.83203125;
/** Bold letters are that much wider. */
const BOLD = 1.1;
const NUMBER_FORMAT = "0";
const HEADING: CellStyle = {
  format: TEXT_FORMAT,
  isHeading: true,
  isBold: true,
  wraps: true,
  isLined: true,
};
const ALPHABET = 26;
const LETTER_A = 65;

export function createSheet({ name, columns, hasFilter }: SheetSetup, context: SheetContext) {
  const { texts, styles, dateFormat, serialDate } = context;
  const letters = columns.map((_, place) => lettersOf(place));
  /** Of the longest content of each column. */
  const widths = columns.map(() => 0);
  const looks = new Map<Tint | undefined, ColumnLook[]>();
  const part = new PassThrough();
  let unwritten = "";
  let hasHead = false;
  let rowNumber = 0;
  const headingStyle = styles.placeOf(HEADING);
  addRow(columns.map(({ heading }) => (heading ? textCell(heading, headingStyle) : emptyCell(headingStyle))));

  return {
    name,
    hasFilter,
    /** Waits while what came before is not compressed yet. @throws ExportTooLargeError */
    async add(row: readonly Cell[], tint?: Tint): Promise<void> {
      if (rowNumber > MAX_ROWS) throw new ExportTooLargeError("too_many_rows");
      const columnLooks = looks.get(tint) ?? columns.map((column) => lookOf(column, tint));
      looks.set(tint, columnLooks);
      addRow(columnLooks.map((look, column) => writeCell(row[column] ?? null, column, look)));
      if (unwritten.length < CHUNK_LENGTH || rowNumber <= SAMPLE_ROWS) return;
      // Also without a need to wait, since otherwise nothing is compressed meanwhile.
      await (part.write(take()) ? nextTurn() : once(part, "drain"));
    },
    end: () => void part.end(take() + foot()),
    /** Without the headings. */
    rowCount: () => rowNumber - 1,
    /** With the headings, such as `A1:D4`. */
    range,
    /** sheetN.xml */
    part,
  };

  function take(): string {
    const taken = hasHead ? unwritten : head() + unwritten;
    hasHead = true;
    unwritten = "";
    return taken;
  }

  function addRow(cells: readonly string[]): void {
    rowNumber += 1;
    let row = `<row r="${rowNumber}">`;
    for (const [column, cell] of cells.entries()) {
      if (cell !== "") row += `<c r="${letters[column]}${rowNumber}"${cell}`;
    }
    unwritten += `${row}</row>`;
  }

  function lookOf({ numberFormat = NUMBER_FORMAT, wraps }: Column, tint: Tint | undefined): ColumnLook {
    const placeOf = (style: CellStyle) => styles.placeOf({ ...style, tint, wraps, isLined: hasFilter });
    const boldTexts = new Map<Tone | undefined, number>();
    return {
      text: placeOf({ format: TEXT_FORMAT }),
      number: placeOf({ format: numberFormat }),
      date: placeOf({ format: dateFormat, isDate: true }),
      boldText(tone) {
        const place = boldTexts.get(tone) ?? placeOf({ format: TEXT_FORMAT, tone, isBold: true });
        boldTexts.set(tone, place);
        return place;
      },
    };
  }

  function writeCell(cell: Cell, column: number, look: ColumnLook): string {
    if (cell === null || cell === "") return hasFilter ? emptyCell(look.text) : "";
    if (typeof cell === "string") {
      makeRoom(column, cell.length);
      return textCell(cell, look.text);
    }
    if (typeof cell === "number") {
      makeRoom(column, NUMBER_WIDTH);
      return numberCell(cell, look.number);
    }
    if (cell instanceof Date) {
      makeRoom(column, dateFormat.length);
      return numberCell(serialDate(cell), look.date);
    }
    makeRoom(column, boldLength(cell.text));
    return textCell(cell.text, look.boldText(cell.tone));
  }

  function headingWidth(heading: string): number {
    return boldLength(longestWord(heading)) + (hasFilter ? ARROW_WIDTH : 0);
  }

  function makeRoom(column: number, width: number): void {
    if (width > (widths[column] ?? 0)) widths[column] = width;
  }

  function textCell(text: string, style: number): string {
    return ` s="${style}" t="s"><v>${texts.placeOf(text)}</v></c>`;
  }

  function range(): string {
    const last = `${letters.at(-1)}${rowNumber}`;
    return last === "A1" ? last : `A1:${last}`;
  }

  /** Prints as wide as the table; headings stay in sight. */
  function head(): string {
    // A date without enough room is not shown at all.
    const unknown = rowNumber > SAMPLE_ROWS ? dateFormat.length : 0;
    const list = columns.map(({ heading }, index) => {
      const needed = Math.max(headingWidth(heading), widths[index] || unknown) + PADDING;
      const width = Math.min(Math.max(needed, MIN_WIDTH), MAX_WIDTH);
      const place = `min="${index + 1}" max="${index + 1}"`;
      return `<col ${place} width="${width + CELL_PADDING}" customWidth="1"/>`;
    });
    return [
      `${XML_HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`,
      `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`,
      '<sheetViews><sheetView workbookViewId="0">',
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
      '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>',
      `</sheetView></sheetViews><cols>${list.join("")}</cols><sheetData>`,
    ].join("");
  }

  /** A4, the sheet's name above, page numbers below; texts of digits are no errors. */
  function foot(): string {
    return [
      `</sheetData>${hasFilter ? `<autoFilter ref="${range()}"/>` : ""}`,
      '<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>',
      '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>',
      "<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter>",
      `<ignoredErrors><ignoredError numberStoredAsText="1" sqref="${range()}"/></ignoredErrors></worksheet>`,
    ].join("");
  }
}

function numberCell(value: number, style: number): string {
  return ` s="${style}"><v>${value}</v></c>`;
}

function emptyCell(style: number): string {
  return ` s="${style}"/>`;
}

/** `A` for 0, `AA` for 26. */
function lettersOf(place: number): string {
  const last = String.fromCharCode(LETTER_A + (place % ALPHABET));
  return place < ALPHABET ? last : lettersOf(Math.floor(place / ALPHABET) - 1) + last;
}

function boldLength(text: string): number {
  return Math.ceil(text.length * BOLD);
}

function longestWord(text: string): string {
  return text.split(/\s/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}
