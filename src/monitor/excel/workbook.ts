import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { createSerialDates } from "./serial-dates.ts";
import { createSharedTexts } from "./shared-texts.ts";
import { createSheet, type Sheet, type SheetSetup } from "./sheet.ts";
import { createStyles } from "./styles.ts";
import { escapeXml, XML_HEAD } from "./xml.ts";

const SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** 1 % larger than by the usual level, in two thirds of its time. */
const COMPRESSION = { compressionLevel: 5 };

interface WorkbookSetup {
  /** IANA name. */
  timeZone: string;
  /** Such as `dd.mm.yyyy hh:mm:ss`. */
  dateFormat: string;
}

/** Beside the workbook's own part; the names of its relationship and content type are alike. */
interface Part {
  file: string;
  type: "worksheet" | "styles" | "sharedStrings";
}

const SHARED_PARTS: Part[] = [
  { file: "styles.xml", type: "styles" },
  { file: "sharedStrings.xml", type: "sharedStrings" },
];

export type Workbook = ReturnType<typeof createWorkbook>;

/** An .xlsx (ECMA-376) of flat sheets, compressed row by row; of all else only the shared texts are kept. */
export function createWorkbook({ timeZone, dateFormat }: WorkbookSetup) {
  const texts = createSharedTexts();
  const styles = createStyles();
  const context = { texts, styles, dateFormat, serialDate: createSerialDates(timeZone) };
  const sheets: Sheet[] = [];
  const zip = new ZipFile();
  const bytes = buffer(zip.outputStream);
  const add = (name: string, text: string) => zip.addBuffer(Buffer.from(XML_HEAD + text), name);
  add("[Content_Types].xml", contentTypes());
  add("_rels/.rels", relationships([{ file: "xl/workbook.xml", type: "officeDocument" }]));
  return {
    /** Ends the sheet before it: the rows of each are compressed as they come. */
    addSheet(setup: SheetSetup): Sheet {
      sheets.at(-1)?.end();
      const sheet = createSheet(setup, context);
      sheets.push(sheet);
      zip.addReadStream(sheet.part, `xl/${sheetPart(sheets.length).file}`, COMPRESSION);
      return sheet;
    },
    async finish(): Promise<Buffer> {
      sheets.at(-1)?.end();
      zip.addReadStream(Readable.from(texts.part()), "xl/sharedStrings.xml", COMPRESSION);
      zip.addBuffer(Buffer.from(styles.part()), "xl/styles.xml");
      add("xl/workbook.xml", workbookPart(sheets));
      // Sheets first, so that the ids of their relationships are their numbers.
      const parts = [...sheets.map((_, index) => sheetPart(index + 1)), ...SHARED_PARTS];
      add("xl/_rels/workbook.xml.rels", relationships(parts));
      zip.end();
      return await bytes;
    },
  };
}

function sheetPart(sheetNumber: number): Part {
  return { file: `worksheets/sheet${sheetNumber}.xml`, type: "worksheet" };
}

/** Stands first, by which programs know the file: before it is known how many sheets there are. */
function contentTypes(): string {
  const types = [{ file: "workbook.xml", type: "sheet.main" }, ...SHARED_PARTS].map(
    ({ file, type }) => `<Override PartName="/xl/${file}" ContentType="${CONTENT_TYPE}.${type}+xml"/>`,
  );
  return [
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="${CONTENT_TYPE}.worksheet+xml"/>`,
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
    `${types.join("")}</Types>`,
  ].join("");
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
  const names = sheets.flatMap(({ name, hasFilter, range }, index) => {
    const define = (kind: string, cells: string) =>
      `<definedName name="_xlnm.${kind}" localSheetId="${index}">${escapeXml(`'${name}'!${cells}`)}</definedName>`;
    const titles = define("Print_Titles", "$1:$1");
    return hasFilter ? [titles, define("_FilterDatabase", range().replace(/[A-Z]+|\d+/g, "$$$&"))] : [titles];
  });
  return [
    `<workbook xmlns="${SPREADSHEET}" xmlns:r="${RELATIONSHIPS}">`,
    `<sheets>${list.join("")}</sheets><definedNames>${names.join("")}</definedNames></workbook>`,
  ].join("");
}
