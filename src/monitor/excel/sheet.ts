import { once } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type CellKind, type Styles, TINTS, type Tint, type Tone } from "./styles.ts";
import { escapeCellText, XML_HEAD } from "./xml.ts";

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

export type Sheet = ReturnType<typeof createSheet>;

/** Column widths come first in the file, so they are taken from so many rows. */
const SAMPLE_ROWS = 3_000;
/** So much is written at once. */
const CHUNK_LENGTH = 64 * 1024;
/** In letters, like all widths. */
const [MIN_WIDTH, MAX_WIDTH] = [8, 60] as const;
const NUMBER_WIDTH = 12;
/** Of the filter; as wide as three letters. */
const ARROW_WIDTH = 3;
/** One letter, and what Excel itself adds around a text of its usual font. */
const PADDING = 1.83203125;
/** Bold letters are that much wider. */
const BOLD = 1.1;
const ROW_TINTS = [undefined, ...(Object.keys(TINTS) as Tint[])];
/** So marked, a text stays one when its cell is edited. */
const TEXT_FORMAT = "@";

/** @param dateFormat such as `dd.mm.yyyy hh:mm:ss`. */
export function createSheet(
  { name, columns, hasFilter }: SheetSetup,
  styles: Styles,
  dateFormat: string,
  serialDate: (date: Date) => number,
) {
  const letters = columns.map((_, index) => lettersOf(index));
  /** Of the longest content of each column. */
  const widths = columns.map(() => 0);
  /** Indexes of styles by background, column, and tone or kind. */
  const looks = new Map(ROW_TINTS.map((tint) => [tint, columns.map(() => new Map<string, number>())]));
  const part = new PassThrough();
  let unwritten = "";
  let hasHead = false;
  let rowNumber = 0;
  const range = () => `A1:${letters.at(-1)}${rowNumber}`;
  const headingStyle = styles.placeOf({ kind: "heading", format: TEXT_FORMAT, wraps: true, isLined: true });
  addRow(columns.map(({ heading }) => ` s="${headingStyle}"${heading ? textIn(heading) : "/>"}`));

  return {
    name,
    hasFilter,
    /** Waits where what was written before is not compressed yet. */
    async add(row: readonly Cell[], tint?: Tint): Promise<void> {
      addRow(columns.map((_, column) => writeCell(row[column] ?? null, column, tint)));
      if (unwritten.length < CHUNK_LENGTH || rowNumber <= SAMPLE_ROWS) return;
      // Also without a need to wait, since otherwise nothing is compressed meanwhile.
      await (part.write(take()) ? nextTurn() : once(part, "drain"));
    },
    end: () => void part.end(take() + foot()),
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
    for (const [column, cell] of cells.entries())
      if (cell !== "") row += `<c r="${letters[column]}${rowNumber}"${cell}`;
    unwritten += `${row}</row>`;
  }

  function writeCell(cell: Cell, column: number, tint: Tint | undefined): string {
    const begin = (kind: CellKind, width: number, tone?: Tone) => {
      if (width > (widths[column] ?? 0)) widths[column] = width;
      return ` s="${styleOf(kind, column, tint, tone)}"`;
    };
    if (cell === null || cell === "") return hasFilter ? `${begin("text", 0)}/>` : "";
    if (cell instanceof Date) return `${begin("date", dateFormat.length)}><v>${serialDate(cell)}</v></c>`;
    if (typeof cell === "number") return `${begin("number", NUMBER_WIDTH)}><v>${cell}</v></c>`;
    if (typeof cell === "string") return begin("text", cell.length) + textIn(cell);
    return begin("bold", cell.text.length * BOLD, cell.tone) + textIn(cell.text);
  }

  function styleOf(kind: CellKind, column: number, tint?: Tint, tone?: Tone): number {
    const look = looks.get(tint)?.[column];
    const known = look?.get(tone ?? kind);
    if (known !== undefined) return known;
    const { numberFormat = "0", wraps } = columns[column] ?? {};
    const format = kind === "number" ? numberFormat : kind === "date" ? dateFormat : TEXT_FORMAT;
    const place = styles.placeOf({ kind, format, tint, tone, wraps, isLined: hasFilter });
    look?.set(tone ?? kind, place);
    return place;
  }

  /** Prints as wide as the table; headings stay in sight. */
  function head(): string {
    // A date without enough room is not shown at all.
    const unknown = rowNumber > SAMPLE_ROWS ? dateFormat.length : 0;
    const list = columns.map(({ heading }, index) => {
      const longestWord = Math.max(...heading.split(/\s/).map((word) => word.length));
      const headingWidth = longestWord * BOLD + (hasFilter ? ARROW_WIDTH : 0);
      const needed = Math.max(headingWidth, widths[index] || unknown, MIN_WIDTH);
      const width = Math.min(needed, MAX_WIDTH) + PADDING;
      return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
    });
    return `${XML_HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">
<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>
<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>
</sheetView></sheetViews><cols>${list.join("")}</cols><sheetData>`;
  }

  /** A4, the sheet's name above, page numbers below; texts of digits are no errors. */
  function foot(): string {
    return `</sheetData>${hasFilter ? `<autoFilter ref="${range()}"/>` : ""}
<pageMargins left="0.4" right="0.4" top="0.7" bottom="0.6" header="0.3" footer="0.3"/>
<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>
<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter>
<ignoredErrors><ignoredError numberStoredAsText="1" sqref="${range()}"/></ignoredErrors></worksheet>`;
  }
}

function textIn(text: string): string {
  return ` t="inlineStr"><is><t xml:space="preserve">${escapeCellText(text)}</t></is></c>`;
}

/** `A` for 0, `AA` for 26. */
function lettersOf(place: number): string {
  const last = String.fromCharCode(65 + (place % 26));
  return place < 26 ? last : lettersOf(Math.floor(place / 26) - 1) + last;
}
