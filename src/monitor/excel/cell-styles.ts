import type { Tint, Tone } from "./palette.ts";

/** How a cell looks. */
export interface CellStyle {
  /** How its value is shown, in the language of number formats; `@` = a text. */
  format: string;
  tint?: Tint | undefined;
  tone?: Tone | undefined;
  isBold?: boolean | undefined;
  /** Whether a long text goes on in the next line. */
  wraps?: boolean | undefined;
  isHeading?: boolean | undefined;
  isDate?: boolean | undefined;
  /** Whether it has lines around it: a background hides those of the sheet, and paper has none. */
  isLined?: boolean | undefined;
}

export type CellStyles = ReturnType<typeof createCellStyles>;

/** The styles of a workbook, each under a name. */
export function createCellStyles() {
  const names = new Map<string, string>();
  const styles = new Map<string, CellStyle>();
  return {
    /** The same name for the same style. */
    nameOf(style: CellStyle): string {
      const { format, tint, tone, isBold, wraps, isHeading, isDate, isLined } = style;
      const key = JSON.stringify([format, tint, tone, isBold, wraps, isHeading, isDate, isLined]);
      const name = names.get(key) ?? `style ${names.size}`;
      names.set(key, name);
      styles.set(name, style);
      return name;
    },
    /** @throws Error for a name that was not given out. */
    find(name: string): CellStyle {
      const style = styles.get(name);
      if (!style) throw new Error(`a workbook has no style of the name ${name}`);
      return style;
    },
  };
}
