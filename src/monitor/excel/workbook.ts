import { ZipFile } from "yazl";
import { createSerialDates } from "./serial-dates.ts";
import { createSheet, type Sheet, type SheetSetup } from "./sheet.ts";
import { createStyles } from "./styles.ts";
import { escapeXml, XML_HEAD } from "./xml.ts";

const SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/** Stands first, by which programs know the file: before it is known how many sheets there are. */
const CONTENT_TYPES = `<Types xmlns="${PACKAGE}/content-types">
<Default Extension="xml" ContentType="${TYPE}.worksheet+xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`;

/** 1 % larger than by the usual level, in two thirds of its time. */
const COMPRESSION = { compressionLevel: 5 };

export type Workbook = ReturnType<typeof createWorkbook>;

/**
 * An .xlsx (ECMA-376) of flat sheets, compressed row by row, with texts in their cells: nothing is kept of what is written.
 * Written here, since the free SheetJS writes neither backgrounds nor headings that stay, and libraries that do take 4 to 7
 * times as long (write-excel-file 4, hucre 1, excelts 10, wasm-xlsxwriter 0.13) and hold the whole sheet.
 * @param timeZone IANA name. @param dateFormat such as `dd.mm.yyyy hh:mm:ss`.
 */
export function createWorkbook(timeZone: string, dateFormat: string) {
  const styles = createStyles();
  const serialDate = createSerialDates(timeZone);
  const sheets: Sheet[] = [];
  const zip = new ZipFile();
  const add = (name: string, text: string) => zip.addBuffer(Buffer.from(XML_HEAD + text), name);
  add("[Content_Types].xml", CONTENT_TYPES);
  add("_rels/.rels", relationships([{ file: "xl/workbook.xml", type: "officeDocument" }]));
  return {
    /** What is written so far comes from it. */
    bytes: zip.outputStream,
    /** Ends the sheet before it: the rows of each are compressed as they come. */
    addSheet(setup: SheetSetup): Sheet {
      sheets.at(-1)?.end();
      const sheet = createSheet(setup, styles, dateFormat, serialDate);
      sheets.push(sheet);
      zip.addReadStream(sheet.part, `xl/worksheets/sheet${sheets.length}.xml`, COMPRESSION);
      return sheet;
    },
    /** Ends the sheets; the rest of the file follows in `bytes`. */
    end(): void {
      sheets.at(-1)?.end();
      add("xl/styles.xml", styles.part());
      add("xl/workbook.xml", workbookPart(sheets));
      // Sheets first, so that the ids of their relationships are their numbers.
      const parts = sheets.map((_, n) => ({ file: `worksheets/sheet${n + 1}.xml`, type: "worksheet" }));
      add("xl/_rels/workbook.xml.rels", relationships([...parts, { file: "styles.xml", type: "styles" }]));
      zip.end();
    },
  };
}

function relationships(targets: readonly { file: string; type: string }[]): string {
  const list = targets.map(
    ({ file, type }, index) =>
      `<Relationship Id="rId${index + 1}" Type="${RELATIONSHIPS}/${type}" Target="${file}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${list.join("")}</Relationships>`;
}

/** The sheets, the headings to print on every page, and the filters, which Excel wants here too. */
function workbookPart(sheets: readonly Sheet[]): string {
  const list = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const names = sheets.map(({ name, hasFilter, range }, index) => {
    const define = (kind: string, cells: string) =>
      `<definedName name="_xlnm.${kind}" localSheetId="${index}">${escapeXml(`'${name}'!${cells}`)}</definedName>`;
    const filtered = hasFilter && define("_FilterDatabase", range().replace(/[A-Z]+|\d+/g, "$$$&"));
    return define("Print_Titles", "$1:$1") + (filtered || "");
  });
  return `<workbook xmlns="${SPREADSHEET}" xmlns:r="${RELATIONSHIPS}">
<sheets>${list.join("")}</sheets><definedNames>${names.join("")}</definedNames></workbook>`;
}
