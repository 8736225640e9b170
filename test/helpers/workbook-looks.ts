import { openWorkbook, readCells } from "./workbook.ts";
import { childrenAt, type XmlElement } from "./xml.ts";

/** Reads by the standard how the sheets of an .xlsx look and are printed. @throws Error where a style is missing. */
export async function readLooks(bytes: Buffer) {
  const { part, sheets } = await openWorkbook(bytes);
  const cellLooks = readCellLooks(part("xl/styles.xml"));
  const names = childrenAt(part("xl/workbook.xml"), "definedNames", "definedName");
  return sheets.map(({ name, element }, index) => {
    const titles = names.find(
      ({ attributes }) =>
        attributes.name === "_xlnm.Print_Titles" && attributes.localSheetId === String(index),
    );
    return {
      name,
      elements: element.children.map((child) => child.name),
      looks: readCells(element, ({ attributes }) => {
        const look = cellLooks[Number(attributes.s ?? 0)];
        if (!look) throw new Error(`the cell ${attributes.r} has a style that is not there`);
        return look;
      }),
      pane: attributesAt(element, "sheetViews", "sheetView", "pane"),
      pageSetup: attributesAt(element, "pageSetup"),
      isFitToPage: isTrue(attributesAt(element, "sheetPr", "pageSetUpPr")?.fitToPage),
      header: childrenAt(element, "headerFooter", "oddHeader")[0]?.text ?? null,
      footer: childrenAt(element, "headerFooter", "oddFooter")[0]?.text ?? null,
      /** The rows that are printed on every page. */
      printTitles: titles?.text ?? null,
    };
  });
}

/** How cells look by their style; colours are six hexadecimal digits, null = that of the program. */
function readCellLooks(styles: XmlElement) {
  const [fonts, fills, borders, formats] = ["fonts", "fills", "borders", "cellXfs"].map((name) => {
    const [list] = childrenAt(styles, name);
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
      isBold: childrenAt(font, "b").some(({ attributes }) => isTrue(attributes.val ?? "1")),
      wraps: isTrue(alignment?.wrapText),
      isLined: attributesAt(border, "bottom")?.style === "thin",
    };
  });
}

function attributesAt(element: XmlElement, ...path: string[]): Record<string, string> | null {
  return childrenAt(element, ...path)[0]?.attributes ?? null;
}

function colourOf(attributes: Record<string, string> | null): string | null {
  return attributes?.rgb?.slice(2).toLowerCase() ?? null;
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
