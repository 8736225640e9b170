import { escapeXml } from "./xml.ts";

/** The page's light scheme (`public/css/tokens.css`): a sheet is always light. */
export const TONES = {
  red: "c02626",
  orange: "b04a00",
  yellow: "7f5a00",
  grey: "4a5466",
  green: "157a44",
  blue: "2a5fa5",
} as const;
export const TINTS = { red: "fdebe9", orange: "fff0e2", yellow: "fff6d6", grey: "eceff4" } as const;
/** Behind headings, and lines between cells with a background. */
export const QUIET = { fill: "f3f5f8", line: "dde3ea" } as const;

/** The colour of a word that says how something is. */
export type Tone = keyof typeof TONES;
/** The background of a row. */
export type Tint = keyof typeof TINTS;

export type CellKind = "text" | "number" | "date" | "bold" | "heading";

export interface CellStyle {
  kind: CellKind;
  format: string;
  tint?: Tint | undefined;
  tone?: Tone | undefined;
  wraps?: boolean | undefined;
  /** Whether it has lines around it: a background hides those of the sheet, and paper has none. */
  isLined?: boolean;
}

/** Built-in numbers of formats. */
const KNOWN_FORMATS: Record<string, number> = { "0": 1, "@": 49 };
const FIRST_OWN_FORMAT = 164;
const APPLIED = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"';
const PLAIN = 'numFmtId="0" fontId="0" fillId="0" borderId="0"';

export type Styles = ReturnType<typeof createStyles>;

/** Cells name styles by their index from 1; 0 is plain. */
export function createStyles() {
  const formats: string[] = [];
  const fonts = [fontOf({})];
  // The standard reserves the second place.
  const fills = [fillOf({}), '<fill><patternFill patternType="gray125"/></fill>'];
  const borders = [borderOf({})];
  const cellFormats = [`<xf ${PLAIN} xfId="0"/>`];
  return {
    placeOf(style: CellStyle): number {
      const format = KNOWN_FORMATS[style.format] ?? FIRST_OWN_FORMAT + placeIn(formats, style.format);
      const [font, fill] = [placeIn(fonts, fontOf(style)), placeIn(fills, fillOf(style))];
      const border = placeIn(borders, borderOf(style));
      const ids = `numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0"`;
      return placeIn(cellFormats, `<xf ${ids} ${APPLIED}>${alignmentOf(style)}</xf>`);
    },
    /** styles.xml */
    part(): string {
      const ownFormats = formats.map(
        (code, place) => `<numFmt numFmtId="${FIRST_OWN_FORMAT + place}" formatCode="${escapeXml(code)}"/>`,
      );
      return `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
${list("numFmts", ownFormats)}${list("fonts", fonts)}${list("fills", fills)}${list("borders", borders)}
${list("cellStyleXfs", [`<xf ${PLAIN}/>`])}${list("cellXfs", cellFormats)}
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
    },
  };
}

function placeIn(items: string[], item: string): number {
  const place = items.indexOf(item);
  return place === -1 ? items.push(item) - 1 : place;
}

function list(name: string, items: string[]): string {
  return items.length === 0 ? "" : `<${name} count="${items.length}">${items.join("")}</${name}>`;
}

function fontOf({ kind, tone }: Partial<CellStyle>): string {
  const colour = tone ? `<color rgb="FF${TONES[tone]}"/>` : "";
  const bold = kind === "bold" || kind === "heading" ? "<b/>" : "";
  return `<font>${bold}<sz val="11"/>${colour}<name val="Calibri"/><family val="2"/></font>`;
}

function fillOf({ tint, kind }: Partial<CellStyle>): string {
  const colour = kind === "heading" ? QUIET.fill : tint && TINTS[tint];
  if (!colour) return '<fill><patternFill patternType="none"/></fill>';
  return `<fill><patternFill patternType="solid"><fgColor rgb="FF${colour}"/><bgColor indexed="64"/></patternFill></fill>`;
}

function borderOf({ isLined }: Partial<CellStyle>): string {
  const line = isLined ? ` style="thin"><color rgb="FF${QUIET.line}"/>` : ">";
  const sides = ["left", "right", "top", "bottom"].map((side) => `<${side}${line}</${side}>`);
  return `<border>${sides.join("")}<diagonal/></border>`;
}

function alignmentOf({ wraps, kind }: CellStyle): string {
  const vertical = `vertical="${kind === "heading" ? "center" : "top"}"`;
  return `<alignment${kind === "date" ? ' horizontal="left"' : ""} ${vertical}${wraps ? ' wrapText="1"' : ""}/>`;
}
