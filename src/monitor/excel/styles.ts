import { QUIET, type Tint, type Tone, textColour, tintColour } from "./palette.ts";
import { escapeXml, XML_HEAD } from "./xml.ts";

/** So marked, a text stays one when its cell is edited. */
export const TEXT_FORMAT = "@";
/** Built-in numbers of formats. */
const KNOWN_FORMATS = new Map([
  ["0", 1],
  [TEXT_FORMAT, 49],
]);
const FIRST_OWN_FORMAT = 164;
/** The standard reserves the second place for it. */
const GREY_FILL = '<fill><patternFill patternType="gray125"/></fill>';
const PLAIN_FORMAT = 'numFmtId="0" fontId="0" fillId="0" borderId="0"';
const APPLIED = ["NumberFormat", "Font", "Fill", "Border", "Alignment"]
  .map((part) => `apply${part}="1"`)
  .join(" ");

export interface CellStyle {
  /** A number format; `@` = text. */
  format: string;
  tint?: Tint | undefined;
  tone?: Tone | undefined;
  isBold?: boolean;
  wraps?: boolean | undefined;
  isHeading?: boolean;
  isDate?: boolean;
  /** Whether it has lines around it: a background hides those of the sheet, and paper has none. */
  isLined?: boolean;
}

export type Styles = ReturnType<typeof createStyles>;

/** Cells name styles by their index from 1; 0 is plain. */
export function createStyles() {
  const formats = createTable();
  const fonts = createTable(fontOf({}));
  const fills = createTable(fillOf({}), GREY_FILL);
  const borders = createTable(borderOf({}));
  const cellFormats = createTable(`<xf ${PLAIN_FORMAT} xfId="0"/>`);
  return {
    placeOf(style: CellStyle): number {
      const format = KNOWN_FORMATS.get(style.format) ?? FIRST_OWN_FORMAT + formats.placeOf(style.format);
      const font = fonts.placeOf(fontOf(style));
      const fill = fills.placeOf(fillOf(style));
      const border = borders.placeOf(borderOf(style));
      const ids = `numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0"`;
      return cellFormats.placeOf(`<xf ${ids} ${APPLIED}>${alignmentOf(style)}</xf>`);
    },
    /** styles.xml */
    part(): string {
      return [
        `${XML_HEAD}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`,
        list("numFmts", formats.items.map(numberFormat)),
        list("fonts", fonts.items),
        list("fills", fills.items),
        list("borders", borders.items),
        list("cellStyleXfs", [`<xf ${PLAIN_FORMAT}/>`]),
        list("cellXfs", cellFormats.items),
        list("cellStyles", ['<cellStyle name="Normal" xfId="0" builtinId="0"/>']),
        "</styleSheet>",
      ].join("");
    },
  };
}

function createTable(...items: string[]) {
  return {
    items,
    placeOf(item: string): number {
      const place = items.indexOf(item);
      return place === -1 ? items.push(item) - 1 : place;
    },
  };
}

function list(name: string, items: string[]): string {
  return items.length === 0 ? "" : `<${name} count="${items.length}">${items.join("")}</${name}>`;
}

function numberFormat(code: string, place: number): string {
  return `<numFmt numFmtId="${FIRST_OWN_FORMAT + place}" formatCode="${escapeXml(code)}"/>`;
}

function fontOf({ isBold, tone }: Partial<CellStyle>): string {
  const colour = tone ? `<color rgb="FF${textColour(tone)}"/>` : "";
  return `<font>${isBold ? "<b/>" : ""}<sz val="11"/>${colour}<name val="Calibri"/><family val="2"/></font>`;
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
