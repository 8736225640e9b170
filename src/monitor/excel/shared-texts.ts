import { ExportTooLargeError } from "./export-refusal.ts";
import { createChunks, escapeXml, XML_HEAD } from "./xml.ts";

/** What the texts of a file may take before it is compressed; those of 100,000 POS servers take about 20 MB. */
const MAX_BYTES = 100_000_000;
/** Of Excel. */
const MAX_LENGTH = 32_767;
const LINE_END = /\r\n?/g;
/** Neither may stand in XML. */
const UNWRITABLE = /[[\p{Cc}\ufffe\uffff]--[\t\n]]/gv;
const REPLACEMENT = "\ufffd";
/** What Excel would read as the code of a character. */
const CHARACTER_CODE = /_(?=x[0-9a-f]{4}_)/gi;
const ESCAPED_UNDERSCORE = "_x005F_";

export type SharedTexts = ReturnType<typeof createSharedTexts>;

/** The texts of a workbook, each of them once: cells name them by their place. */
export function createSharedTexts() {
  const places = new Map<string, number>();
  const items = createChunks();
  return {
    /** @throws ExportTooLargeError */
    placeOf(text: string): number {
      const known = places.get(text);
      if (known !== undefined) return known;
      items.add(`<si><t xml:space="preserve">${escapeXml(cellText(text))}</t></si>`);
      if (items.bytes() > MAX_BYTES) throw new ExportTooLargeError("too_much_text");
      places.set(text, places.size);
      return places.size - 1;
    },
    /** sharedStrings.xml */
    part(): Buffer[] {
      const head = `${XML_HEAD}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`;
      return [Buffer.from(head), ...items.list(), Buffer.from("</sst>")];
    },
  };
}

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
