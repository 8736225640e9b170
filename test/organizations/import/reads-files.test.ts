import iconv from "iconv-lite";
import t from "tap";
import * as XLSX from "xlsx";
import { cpuTimeOf } from "../../helpers/cpu-time.ts";
import { csv, HEADINGS, rowsOf, workbook } from "./fixtures.ts";

const ROW = {
  organization: "Сеть «Ёлка»",
  crmId: "0100237",
  name: "Невский, 1",
  connection: "http://10.8.3.11:8443",
  ...{ token: "", computer: "", phone: "", tags: "", hours: "", works: "", timeZone: "", key: "" },
  isTooWide: false,
};

t.test("reads CSV with any delimiter in UTF-8 and CP1251", async (t) => {
  for (const delimiter of [";", ",", "\t"]) {
    const lines = [
      HEADINGS.replaceAll(";", delimiter),
      [ROW.organization, ROW.crmId, `"${ROW.name}"`, ROW.connection, ""].join(delimiter),
    ];
    const text = lines.join("\r\n");
    const expected = [{ ...ROW, rowNumber: 2 }];
    t.same(await rowsOf(Buffer.from(text), "fleet.csv"), expected, `UTF-8 ${delimiter}`);
    t.same(await rowsOf(Buffer.from(`\ufeff${text}`), "fleet.csv"), expected, `with a mark ${delimiter}`);
    t.same(await rowsOf(iconv.encode(text, "win1251"), "FLEET.CSV"), expected, `CP1251 ${delimiter}`);
  }
});

t.test("reads quoted cells, line breaks in them and rows of any length", async (t) => {
  const rows = await rowsOf(
    csv(
      "Парк POS-серверов;;;",
      "",
      "crmid;ADDRESS;Name;organization name;note",
      '1;http://a;"Бар ""У моря""\nвторой этаж";"A;B";x;y;z',
      "2;http://b;Кухня",
      ";;;;",
    ),
    "fleet.csv",
  );
  t.match(rows, [
    { rowNumber: 4, crmId: "1", name: 'Бар "У моря" второй этаж', organization: "A;B", token: "" },
    { rowNumber: 5, crmId: "2", name: "Кухня", organization: "" },
  ]);
  t.equal(rows.length, 2);
});

/** The rows of an .xlsx with this sheet. */
async function rowsOfSheet(sheet: XLSX.WorkSheet) {
  const book = XLSX.utils.book_new(sheet, "Sheet");
  return await rowsOf(XLSX.write(book, { bookType: "xlsx", type: "buffer" }), "fleet.xlsx");
}

t.test("reads numbers as they are shown and long ones in full", async (t) => {
  const sheet = XLSX.utils.aoa_to_sheet([
    ["CrmId", "Name", "Address"],
    [100237, 7, "http://a"],
    [123456789012345, "b", "http://b"],
    ["0100237", "c", "http://c"],
  ]);
  sheet.A2 = { t: "n", v: 100237, z: "0000000" };
  t.match(await rowsOfSheet(sheet), [
    { crmId: /^0100237$/, name: /^7$/ },
    { crmId: /^123456789012345$/, name: "b" },
    { crmId: /^0100237$/, name: "c" },
  ]);
});

t.test("evaluates no formula and takes no control characters", async (t) => {
  const sheet = XLSX.utils.aoa_to_sheet([["CrmId", "Name", "Address"], ["1"], ["2", "", "http://b"]]);
  sheet.B2 = { t: "n", v: 42, f: "1+1" };
  sheet.C2 = { t: "s", v: "<img src=x onerror=alert(1)>" };
  sheet.B3 = { t: "s", v: '=HYPERLINK("http://evil")\u0007\u202e\tname' };
  const rows = await rowsOfSheet(sheet);
  t.equal(rows[0]?.name, "42", "the value saved with the formula");
  t.equal(rows[0]?.connection, "<img src=x onerror=alert(1)>", "text stays text");
  t.equal(rows[1]?.name, '=HYPERLINK("http://evil") name');

  const [row] = await rowsOf(csv("CrmId;Name;Address", "1;=1+1;\u001bhttp://a\u200b"), "fleet.csv");
  t.match(row, { name: "=1+1", connection: "http://a" });
});

t.test("does not mind a million empty columns", async (t) => {
  const wide = ";".repeat(1_000_000);
  const cpuMs = await cpuTimeOf(async () => {
    const rows = await rowsOf(csv(`CrmId;Name;Address${wide}`, `1;a;http://a${wide}`), "fleet.csv");
    t.match(rows, [{ crmId: "1", name: "a" }]);
  });
  t.ok(cpuMs < 5_000, "quickly");
});

t.test("keeps no more of a cell than a row can need", async (t) => {
  const long = "x".repeat(4_000);
  const cells = [`Сеть ${long}`, "1".repeat(4_000), `Имя ${long}`, `http://${long}`, long];
  const file = workbook([HEADINGS.split(";"), cells]);
  const [row] = await rowsOf(file, "rows.xlsx");
  const lengths = Object.values(row ?? {}).map((text) => String(text).length);
  t.ok(Math.max(...lengths) <= 1_024, "each is cut");
  t.ok(lengths.reduce((sum, length) => sum + length, 0) < 2_000, "and so are all together");
});
