import t from "tap";
import * as XLSX from "xlsx";
import type { Cell } from "../../src/monitor/excel/sheet.ts";
import type { Tint } from "../../src/monitor/excel/styles.ts";
import { readWorkbook, shownDate } from "../helpers/workbook.ts";
import { readLooks } from "../helpers/workbook-looks.ts";
import { DATE_FORMAT, type WrittenSheet, writeWorkbook } from "../helpers/write-workbook.ts";
import { readXml } from "../helpers/xml.ts";
import { readZip } from "../helpers/zip-contents.ts";

const AT = new Date("2026-11-24T10:00:00Z");
const PLAIN = { fill: null, colour: null, isBold: false, wraps: false, isLined: true };
const HEADING = { fill: "f3f5f8", colour: null, isBold: true, wraps: true, isLined: true };
/** As CT_Worksheet and CT_Stylesheet have them. */
const SHEET_ORDER = [
  ...["sheetPr", "sheetViews", "cols", "sheetData", "autoFilter"],
  ...["pageMargins", "pageSetup", "headerFooter", "ignoredErrors"],
];
const STYLES_ORDER = ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"];

const table = (rows: Cell[][], tints: WrittenSheet["tints"] = []): WrittenSheet => ({
  name: "Состояние POS-ов",
  columns: [
    { heading: "Состояние" },
    { heading: "С" },
    { heading: "Ошибка", wraps: true },
    { heading: "МБ", numberFormat: "#,##0.0" },
  ],
  rows,
  tints,
  hasFilter: true,
});

const ABOUT: WrittenSheet = {
  name: "О файле",
  columns: [{ heading: "Что" }],
  rows: [[1]],
  hasFilter: false,
};

t.test("headings are bold, stay in sight, and are printed on every page, as wide as the table", async (t) => {
  const bytes = await writeWorkbook(table([["Нет связи", AT, null, 1]], ["grey"]), ABOUT);
  const sheets = await readLooks(bytes);
  t.equal(sheets.length, 2);
  for (const { name, looks, pane, printTitles } of sheets) {
    t.ok(looks[0]?.length);
    for (const look of looks[0] ?? []) t.same(look, HEADING);
    t.match(pane, { ySplit: "1", topLeftCell: "A2", activePane: "bottomLeft", state: "frozen" });
    t.equal(printTitles, `'${name}'!$1:$1`);
  }
  const [sheet] = sheets;
  const setup = { orientation: "landscape", paperSize: "9", fitToWidth: "1", fitToHeight: "0" };
  t.match(sheet?.pageSetup, setup);
  t.ok(sheet?.isFitToPage);
  t.same([sheet?.header, sheet?.footer], ["&L&A", "&R&P / &N"]);
  t.same(sheet?.elements, SHEET_ORDER, "in the order of the standard");
  const styles = readXml((await readZip(bytes))["xl/styles.xml"] ?? "");
  const order = styles.children.map(({ name }) => name);
  t.same(order, STYLES_ORDER);
  for (const list of styles.children) t.equal(Number(list.attributes.count), list.children.length, list.name);
});

t.test("a row has its background in every cell, and stays a row of texts, dates and numbers", async (t) => {
  const tints: (Tint | undefined)[] = ["red", "grey", undefined];
  const rows: Cell[][] = [
    [{ text: "Ошибка синхронизации", tone: "red" }, AT, "=1+1", 1.25],
    [{ text: "Нет связи", tone: "grey" }, null, null, null],
    [{ text: "Синхронизирован", tone: "green" }, AT, null, 3],
  ];
  const bytes = await writeWorkbook(table(rows, tints));
  const [sheet] = await readLooks(bytes);
  const [, red, grey, plain] = sheet?.looks ?? [];
  const redCell = { ...PLAIN, fill: "fdebe9" };
  t.same(red, [
    { ...redCell, colour: "c02626", isBold: true },
    redCell,
    { ...redCell, wraps: true },
    redCell,
  ]);
  t.match(grey, Array(4).fill({ fill: "eceff4" }));
  t.same(plain, [{ ...PLAIN, colour: "157a44", isBold: true }, PLAIN, { ...PLAIN, wraps: true }, PLAIN]);

  const [read] = await readWorkbook(bytes);
  const formats = read?.rows.slice(1).map((row) => row.map((cell) => cell?.format));
  t.same(formats, [["@", DATE_FORMAT, "@", "#,##0.0"], ["@"], ["@", DATE_FORMAT, undefined, "#,##0.0"]]);
  t.equal(shownDate(read?.values[1]?.[1]), "2026-11-24 13:00:00");
  t.equal(read?.values[1]?.[2], "=1+1");
  t.equal(read?.hasFormulas, false);
  t.equal(read?.filter, "A1:D4");
});

t.test("thousands of rows are what they were and look as they should, also for another reader", async (t) => {
  const fills = { red: "fdebe9", orange: "fff0e2", yellow: "fff6d6", grey: "eceff4" };
  const tints = [...(["red", "orange", "yellow", "grey"] as const), undefined];
  const row = (n: number): Cell[] => [{ text: `Состояние ${n % 5}`, tone: "orange" }, AT, `ошибка ${n}`, n];
  const numbers = Array.from({ length: 4_000 }, (_, n) => n);
  const tintsOfRows = numbers.map((n) => tints[n % 5]);
  const bytes = await writeWorkbook(table(numbers.map(row), tintsOfRows));

  const [sheet] = await readLooks(bytes);
  const wrong = numbers.filter((n) => {
    const tint = tints[n % 5];
    const fill = tint ? fills[tint] : null;
    const looks = sheet?.looks[n + 1] ?? [];
    return looks.length !== 4 || looks.some((look) => look?.fill !== fill);
  });
  t.same(wrong, []);

  const workbook = XLSX.read(bytes, { dense: true, cellDates: true });
  const [, ...read] = workbook.Sheets[workbook.SheetNames[0] ?? ""]?.["!data"] ?? [];
  const valuesOf = (cells: XLSX.CellObject[] = []) => JSON.stringify(cells.map(({ v }) => v));
  const shownAt = new Date("2026-11-24T13:00:00Z");
  t.equal(read.length, numbers.length);
  const expected = (n: number) => JSON.stringify([`Состояние ${n % 5}`, shownAt, `ошибка ${n}`, n]);
  const unlike = numbers.filter((n) => valuesOf(read[n]) !== expected(n));
  t.same(unlike, []);
});

t.test("a file has its own looks, whatever was written before it", async (t) => {
  await writeWorkbook(ABOUT, table([["а", AT, "б", 1]], ["yellow"]));
  const [sheet] = await readLooks(await writeWorkbook(table([["а", AT, "б", 1]], ["orange"])));
  t.match(sheet?.looks[1], Array(4).fill({ fill: "fff0e2" }));
});
