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
export function cellText(text: string): string {
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
