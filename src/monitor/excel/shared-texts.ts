import { ExportTooLargeError } from "./export-refusal.ts";
import { CHUNK_LENGTH, escapeXml, XML_HEAD } from "./xml.ts";

/** Before compression; 100,000 POS servers take about 20 MB. */
const MAX_BYTES = 100_000_000;
/** Of Excel. */
const MAX_LENGTH = 32_767;
const LINE_END = /\r\n?/g;
/** Neither may stand in XML. */
const UNWRITABLE = /[[\p{Cc}\ufffe\uffff]--[\t\n]]/gv;
const REPLACEMENT = "\ufffd";
/** Excel would read it as the code of a character. */
const CHARACTER_CODE = /_(?=x[0-9a-f]{4}_)/gi;
const ESCAPED_UNDERSCORE = "_x005F_";

export type SharedTexts = ReturnType<typeof createSharedTexts>;

/** Each text once: cells name them by index. */
export function createSharedTexts() {
  const places = new Map<string, number>();
  const chunks: Buffer[] = []; // outside the heap
  let bytes = 0;
  let unwritten = `${XML_HEAD}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`;
  return {
    /** @throws ExportTooLargeError */
    placeOf(text: string): number {
      const known = places.get(text);
      if (known !== undefined) return known;
      unwritten += `<si><t xml:space="preserve">${escapeXml(cellText(text))}</t></si>`;
      if (unwritten.length >= CHUNK_LENGTH) flush();
      if (bytes > MAX_BYTES) throw new ExportTooLargeError("too_much_text");
      places.set(text, places.size);
      return places.size - 1;
    },
    /** sharedStrings.xml */
    part(): Buffer[] {
      unwritten += "</sst>";
      flush();
      return chunks;
    },
  };

  function flush(): void {
    const chunk = Buffer.from(unwritten);
    chunks.push(chunk);
    bytes += chunk.length;
    unwritten = "";
  }
}

/** Without what breaks the file or is read as something else, and not too long. */
function cellText(text: string): string {
  const clean = text
    .replace(LINE_END, "\n")
    .toWellFormed()
    .replace(UNWRITABLE, REPLACEMENT)
    .replace(CHARACTER_CODE, ESCAPED_UNDERSCORE);
  return clean.length <= MAX_LENGTH ? clean : cut(clean);
}

function cut(text: string): string {
  return `${text.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
