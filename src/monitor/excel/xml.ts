export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Of a cell in Excel. */
const MAX_LENGTH = 32_767;
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Neither may stand in XML. */
const UNWRITABLE = /[[\p{Cc}\ufffe\uffff]--[\t\n]]/gv;
/** Excel would read it as the code of a character. */
const CHARACTER_CODE = /_(?=x[0-9a-f]{4}_)/gi;

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}

/** Escapes the text of a cell, without what breaks the file or is read as something else, and not too long. */
export function escapeCellText(text: string): string {
  const clean = text
    .replace(/\r\n?/g, "\n")
    .toWellFormed()
    .replace(UNWRITABLE, "\ufffd")
    .replace(CHARACTER_CODE, "_x005F_");
  if (clean.length <= MAX_LENGTH) return escapeXml(clean);
  return `${escapeXml(clean.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, ""))}…`;
}
