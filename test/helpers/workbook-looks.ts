import { columnOf, openWorkbook } from "./workbook.ts";
import { childrenOf, type XmlElement } from "./xml.ts";

/** How a cell looks; colours are six hexadecimal digits, null = that of the program. */
export interface Look {
  fill: string | null;
  colour: string | null;
  isBold: boolean;
  wraps: boolean;
  isLined: boolean;
}

/** Reads by the standard how the sheets of an .xlsx look and are printed. @throws Error where a style is missing. */
export async function readLooks(bytes: Buffer) {
  const { part, sheets } = await openWorkbook(bytes);
  const cellLooks = readCellLooks(part("xl/styles.xml"));
  const names = childrenOf(childrenOf(part("xl/workbook.xml"), "definedNames")[0], "definedName");
  return sheets.map(({ name, element }, index) => {
    const print = childrenOf(element, "headerFooter")[0];
    return {
      name,
      /** In their order. */
      elements: element.children.map((child) => child.name),
      /** By row and column; null = there is no cell. */
      looks: readRows(element, cellLooks),
      pane: attributesAt(element, "sheetViews", "sheetView", "pane"),
      pageSetup: attributesAt(element, "pageSetup"),
      isFitToPage: isTrue(attributesAt(element, "sheetPr", "pageSetUpPr")?.fitToPage),
      header: childrenOf(print, "oddHeader")[0]?.text ?? null,
      footer: childrenOf(print, "oddFooter")[0]?.text ?? null,
      /** The rows that are printed on every page. */
      printTitles:
        names.find(
          ({ attributes }) =>
            attributes.name === "_xlnm.Print_Titles" && attributes.localSheetId === String(index),
        )?.text ?? null,
    };
  });
}

function readRows(sheet: XmlElement, cellLooks: Look[]): (Look | null)[][] {
  const rows: (Look | null)[][] = [];
  for (const row of childrenOf(childrenOf(sheet, "sheetData")[0], "row")) {
    const looks: (Look | null)[] = [];
    for (const { attributes } of childrenOf(row, "c")) {
      const look = cellLooks[Number(attributes.s ?? 0)];
      if (!look) throw new Error(`the cell ${attributes.r} has a style that is not there`);
      const column = columnOf(attributes.r ?? "");
      while (looks.length < column) looks.push(null);
      looks.push(look);
    }
    const index = Number(row.attributes.r) - 1;
    while (rows.length < index) rows.push([]);
    rows.push(looks);
  }
  return rows;
}

function readCellLooks(styles: XmlElement): Look[] {
  const [fonts, fills, borders, formats] = ["fonts", "fills", "borders", "cellXfs"].map((name) => {
    const [list] = childrenOf(styles, name);
    if (Number(list?.attributes.count) !== list?.children.length) throw new Error(`the count of ${name}`);
    return list?.children ?? [];
  });
  return (formats ?? []).map(({ attributes, children }) => {
    const font = fonts?.[Number(attributes.fontId)];
    const fill = fills?.[Number(attributes.fillId)];
    const border = borders?.[Number(attributes.borderId)];
    if (!font || !fill || !border) throw new Error("a style is made of what is not there");
    const alignment = children.find(({ name }) => name === "alignment")?.attributes;
    return {
      fill: colourOf(attributesAt(fill, "patternFill", "fgColor")),
      colour: colourOf(attributesAt(font, "color")),
      isBold: childrenOf(font, "b").some(({ attributes }) => isTrue(attributes.val ?? "1")),
      wraps: isTrue(alignment?.wrapText),
      isLined: childrenOf(border, "bottom").some(({ attributes }) => attributes.style === "thin"),
    };
  });
}

function attributesAt(element: XmlElement, ...path: string[]): Record<string, string> | null {
  let found: XmlElement | undefined = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found?.attributes ?? null;
}

function colourOf(attributes: Record<string, string> | null): string | null {
  return attributes?.rgb?.slice(2).toLowerCase() ?? null;
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
