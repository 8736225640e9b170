import type { CellStyle, CellStyles } from "./cell-styles.ts";
import { QUIET, textColour, tintColour } from "./palette.ts";

const NAMED_FORMAT = /<numFmt numFmtId="(\d+)" formatCode="(style \d+)"\/>/g;
const CELL_FORMATS = /<cellXfs [^>]*>.*<\/cellXfs>/s;
const CELL_FORMAT = /<xf numFmtId="(\d+)"/g;
/** Every program knows these formats by their numbers. */
const KNOWN_FORMATS = new Map([
  ["0", 1],
  ["@", 49],
]);
const FIRST_OWN_FORMAT = 164;
/** The standard keeps the second place for it. */
const GREY_FILL = '<fill><patternFill patternType="gray125"/></fill>';
const PLAIN_FORMAT = 'numFmtId="0" fontId="0" fillId="0" borderId="0"';
const APPLIED = ["NumberFormat", "Font", "Fill", "Border", "Alignment"]
  .map((part) => `apply${part}="1"`)
  .join(" ");

/** Writes styles.xml: its cell formats are a plain one and then these styles, in their order. */
function writeStyles(styles: readonly CellStyle[]): string {
  const formats = createTable();
  const fonts = createTable(fontOf({}));
  const fills = createTable(fillOf({}), GREY_FILL);
  const borders = createTable(borderOf({}));
  const cellFormats = styles.map((style) => {
    const format = KNOWN_FORMATS.get(style.format) ?? FIRST_OWN_FORMAT + formats.placeOf(style.format);
    const font = fonts.placeOf(fontOf(style));
    const fill = fills.placeOf(fillOf(style));
    const border = borders.placeOf(borderOf(style));
    const ids = `numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0"`;
    return `<xf ${ids} ${APPLIED}>${alignmentOf(style)}</xf>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
    ...list("numFmts", formats.items.map(numberFormat)),
    ...list("fonts", fonts.items),
    ...list("fills", fills.items),
    ...list("borders", borders.items),
    ...list("cellStyleXfs", [`<xf ${PLAIN_FORMAT}/>`]),
    ...list("cellXfs", [`<xf ${PLAIN_FORMAT} xfId="0"/>`, ...cellFormats]),
    ...list("cellStyles", ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
    "</styleSheet>",
  ].join("");
}

/** Things that are there once and known by their place. */
function createTable(...items: string[]) {
  return {
    items,
    placeOf(item: string): number {
      const place = items.indexOf(item);
      return place === -1 ? items.push(item) - 1 : place;
    },
  };
}

function list(name: string, items: string[]): string[] {
  return items.length === 0 ? [] : [`<${name} count="${items.length}">`, ...items, `</${name}>`];
}

function numberFormat(code: string, place: number): string {
  const escaped = code.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<numFmt numFmtId="${FIRST_OWN_FORMAT + place}" formatCode="${escaped}"/>`;
}

function fontOf({ isBold, tone }: Partial<CellStyle>): string {
  const colour = tone ? `<color rgb="FF${textColour(tone)}"/>` : '<color theme="1"/>';
  const name = '<name val="Calibri"/><family val="2"/><scheme val="minor"/>';
  return `<font>${isBold ? "<b/>" : ""}<sz val="11"/>${colour}${name}</font>`;
}

function fillOf({ tint, isHeading }: Partial<CellStyle>): string {
  const colour = isHeading ? QUIET.fill : tint && tintColour(tint);
  if (!colour) return '<fill><patternFill patternType="none"/></fill>';
  return `<fill><patternFill patternType="solid"><fgColor rgb="FF${colour}"/><bgColor indexed="64"/></patternFill></fill>`;
}

function borderOf({ isLined }: Partial<CellStyle>): string {
  const line = `style="thin"><color rgb="FF${QUIET.line}"/>`;
  const [left, right, top, bottom] = ["left", "right", "top", "bottom"].map((side) =>
    isLined ? `<${side} ${line}</${side}>` : `<${side}/>`,
  );
  return `<border>${left}${right}${top}${bottom}<diagonal/></border>`;
}

function alignmentOf({ wraps, isHeading, isDate }: CellStyle): string {
  const vertical = `vertical="${isHeading ? "center" : "top"}"`;
  return `<alignment${isDate ? ' horizontal="left"' : ""} ${vertical}${wraps ? ' wrapText="1"' : ""}/>`;
}

/**
 * Writes the styles of a workbook.
 * @param written Those of SheetJS: number formats are names of styles, and a cell says where in the list of cell
 * formats its own is.
 * @throws Error where SheetJS does not write them as it did.
 */
export function stylesPart(written: string, styles: CellStyles): string {
  const names = new Map(Array.from(written.matchAll(NAMED_FORMAT), ([, id, name = ""]) => [id, name]));
  const [cellFormats = ""] = CELL_FORMATS.exec(written) ?? [];
  const [general, ...used] = Array.from(cellFormats.matchAll(CELL_FORMAT), ([, id]) => id);
  if (general !== "0") throw new Error("SheetJS wrote styles of which the first is not the general one");
  return writeStyles(used.map((id) => styles.find(names.get(id) ?? "")));
}
