import { randomBytes } from "node:crypto";
import t from "tap";
import * as XLSX from "xlsx";
import {
  MAX_FILE_BYTES,
  MAX_FILE_ROWS,
  MAX_INFLATED_BYTES,
} from "../../../src/monitor/organizations/import/import-file-error.ts";
import { parseImportFile } from "../../../src/monitor/organizations/import/parse-import-file.ts";
import { cpuTimeOf } from "../../helpers/cpu-time.ts";
import { bytesOf, makeZip, readZip } from "../../helpers/zip-contents.ts";
import { csv, problemOf, rowsOf, workbook } from "./fixtures.ts";

const HEADINGS = "CrmId;Name;Address";
const COLUMNS = HEADINGS.split(";");
const QUICK_CPU_MS = 5_000;

t.test("refuses what is no import file", async (t) => {
  const good = workbook([COLUMNS, ["1", "a", "http://a"]]);
  const half = good.subarray(0, good.length / 2);
  const old = XLSX.write(XLSX.utils.book_new(XLSX.utils.aoa_to_sheet([COLUMNS]), "a"), {
    bookType: "biff8",
    type: "buffer",
  });
  const cases: [string, Uint8Array, string][] = [
    ["old_workbook", old, "fleet.xlsx"],
    ["encrypted_workbook", encryptedWorkbook(), "fleet.xlsx"],
    ["encrypted_workbook", await lyingZip([["xl/workbook.xml", "x"]], { flags: 1 }), "fleet.xlsx"],
    ["not_a_workbook", csv(HEADINGS, "1;a;http://a"), "fleet.xlsx"],
    ["not_a_workbook", half, "fleet.xlsx"],
    ["not_a_workbook", await bytesOf(makeZip(["readme.txt", "hello"])), "fleet.xlsx"],
    ["not_text", good, "fleet.csv"],
    ["no_header_row", csv("1;a;http://a"), "fleet.csv"],
    ["no_header_row", workbook([["1", "a", "http://a"]]), "fleet.xlsx"],
    ["no_header_row", workbook([[]]), "fleet.xlsx"],
    ["no_rows", csv(HEADINGS, ";;", ""), "fleet.csv"],
  ];
  for (const [code, bytes, name] of cases) {
    t.same(await problemOf(bytes, name), { code, values: {} }, `${code} ${name}`);
  }
  const unread: [string, Uint8Array, string][] = [
    ["empty_file", Buffer.alloc(0), "fleet.csv"],
    ["unknown_type", good, "fleet.pdf"],
    ["unknown_type", good, "xlsx"],
    ["old_workbook", good, "fleet.xls"],
  ];
  for (const [code, bytes, name] of unread)
    t.same(await problemOf(bytes, name, parseImportFile), { code, values: {} }, `${code} ${name}`);
});

t.test("names the columns that are missing or there twice", async (t) => {
  const missing = { code: "missing_columns", values: { columns: "name" } };
  t.same(await problemOf(csv("CrmId;Address", "1;http://a"), "fleet.csv"), missing);
  t.same(await problemOf(csv(`${HEADINGS};Адрес`, "1;a;http://a;http://b"), "fleet.csv"), {
    code: "repeated_column",
    values: { columns: "connection" },
  });
  const repeated = { code: "repeated_column", values: { columns: "crmId" } };
  t.same(await problemOf(csv("CrmId;".repeat(100_000)), "fleet.csv"), repeated);
});

t.test("names the row in which a quotation mark swallows the next ones", async (t) => {
  const rows = ["1;Кафе «Весна»;http://a", '2;"Кафе;http://b', "3;Бар;http://c"];
  const problem = { code: "wrong_quotes", values: { row: 3 } };
  t.same(await problemOf(csv(HEADINGS, ...rows), "fleet.csv"), problem, "to the end of the file");
  const closed = csv(HEADINGS, ...rows, '4;"Кухня";http://d');
  t.same(await problemOf(closed, "fleet.csv"), problem, "to the next quotation mark");
  t.same(
    await problemOf(csv(HEADINGS, "", '1;"Бар "У моря"";http://a'), "fleet.csv"),
    problem,
    "not doubled",
  );
  const [within] = await rowsOf(csv(HEADINGS, '1;Бар "У моря;http://a', "2;b;http://b"), "fleet.csv");
  t.match(within, { name: 'Бар "У моря', connection: "http://a" }, "within a cell it is a sign like others");
});

t.test("takes 10,000 rows and not one more", async (t) => {
  const rows = Array.from({ length: MAX_FILE_ROWS + 1 }, (_, index) => ["1", `POS ${index}`, "http://a"]);
  const problem = { code: "too_many_rows", values: { maxRows: MAX_FILE_ROWS } };
  const lines = rows.map((row) => row.join(";"));

  t.same(await problemOf(csv(HEADINGS, ...lines), "fleet.csv"), problem);
  t.equal((await rowsOf(csv(HEADINGS, ...lines.slice(1)), "fleet.csv")).length, MAX_FILE_ROWS);
  const parsed = await parseImportFile(workbook([COLUMNS, ...rows.slice(1)]), "fleet.xlsx");
  t.equal(parsed.rows.reveal().length, MAX_FILE_ROWS, "within the memory of its process");
});

t.test("takes 5 MB and not one byte more, and garbage of that size quickly", async (t) => {
  const tooLarge = { code: "file_too_large", values: { maxBytes: MAX_FILE_BYTES } };
  t.same(await problemOf(Buffer.alloc(MAX_FILE_BYTES + 1, "a"), "fleet.csv", parseImportFile), tooLarge);
  t.equal((await problemOf(Buffer.alloc(MAX_FILE_BYTES), "fleet.csv", parseImportFile)).code, "not_text");

  const cpuMs = await cpuTimeOf(async () => {
    const garbage = randomBytes(MAX_FILE_BYTES);
    garbage.write("PK\x03\x04", "latin1");
    t.equal((await problemOf(garbage, "fleet.xlsx")).code, "not_a_workbook");
    t.equal((await problemOf(garbage, "fleet.csv")).code, "not_text");
    t.equal((await problemOf(Buffer.alloc(MAX_FILE_BYTES, ";"), "fleet.csv")).code, "no_header_row");
    t.equal((await problemOf(Buffer.alloc(MAX_FILE_BYTES, "\n"), "fleet.csv")).code, "no_header_row");
    t.equal((await problemOf(Buffer.alloc(MAX_FILE_BYTES, '"'), "fleet.csv")).code, "no_header_row");
    t.equal((await problemOf(Buffer.alloc(MAX_FILE_BYTES, '"a'), "fleet.csv")).code, "wrong_quotes");
  });
  t.ok(cpuMs < QUICK_CPU_MS, "quickly");
});

t.test("counts what comes out of a zip instead of believing what it says", async (t) => {
  const content = Buffer.alloc(MAX_INFLATED_BYTES + 1, "<");
  const bomb = await lyingZip([["xl/worksheets/sheet1.xml", content]], { saidBytes: 10 });
  const piece = Buffer.alloc(MAX_INFLATED_BYTES / 10, " ");
  const pieces = Array.from({ length: 11 }, (_, index) => [`docProps/${index}.xml`, piece] as const);
  const inPieces = await lyingZip(pieces, { saidBytes: 10 });
  t.ok(bomb.length < MAX_FILE_BYTES && inPieces.length < MAX_FILE_BYTES);
  const memoryBefore = process.memoryUsage.rss();
  const cpuMs = await cpuTimeOf(async () => {
    t.equal((await problemOf(bomb, "fleet.xlsx")).code, "inflates_too_large");
    t.equal((await problemOf(inPieces, "fleet.xlsx")).code, "inflates_too_large");
  });
  t.ok(cpuMs < QUICK_CPU_MS, "quickly");
  t.ok(process.memoryUsage.rss() - memoryBefore < 4 * MAX_INFLATED_BYTES, "in bounded memory");
});

t.test("stops a workbook that takes too much time or memory", async (t) => {
  const cells = `<row r="1"><c r="A1"><v>1</v></c></row>`.repeat(1_000_000);
  const bytes = await withSheet(`<worksheet><sheetData>${cells}</sheetData></worksheet>`);
  t.ok(bytes.length < MAX_FILE_BYTES);
  for (const limits of [{ timeoutMs: 100 }, { maxHeapMegabytes: 32 }]) {
    const problem = await problemOf(bytes, "fleet.xlsx", (...file) => parseImportFile(...file, limits));
    t.equal(problem.code, "too_complex", JSON.stringify(limits));
  }
});

t.test("reads cells placed four billion rows and columns away quickly", async (t) => {
  const far = `<row r="4294967290"><c r="A4294967290"><v>1</v></c><c r="ZZZZZZ4294967290"><v>1</v></c></row>`;
  const sheet = await withSheet(`<worksheet><sheetData>${far}</sheetData></worksheet>`);
  const cpuMs = await cpuTimeOf(async () => {
    t.equal((await problemOf(sheet, "fleet.xlsx")).code, "no_header_row");
  });
  t.ok(cpuMs < QUICK_CPU_MS, "quickly");
});

/** A compound file with the stream in which Excel puts a workbook with a password. */
function encryptedWorkbook(): Uint8Array {
  const container = XLSX.CFB.utils.cfb_new();
  XLSX.CFB.utils.cfb_add(container, "/EncryptionInfo", randomBytes(100));
  XLSX.CFB.utils.cfb_add(container, "/EncryptedPackage", randomBytes(5_000));
  return XLSX.CFB.write(container, { type: "buffer" });
}

/** A workbook whose only sheet is this XML. */
async function withSheet(xml: string): Promise<Buffer> {
  const parts = await readZip(Buffer.from(workbook([["x"]])));
  return await bytesOf(makeZip(...Object.entries({ ...parts, "xl/worksheets/sheet1.xml": xml })));
}

/** A zip that says of each entry that it inflates to so many bytes, or that it is encrypted. */
async function lyingZip(
  entries: Parameters<typeof makeZip>,
  { saidBytes, flags = 0 }: { saidBytes?: number; flags?: number },
): Promise<Buffer> {
  const zip = await bytesOf(makeZip(...entries));
  for (let at = zip.indexOf("PK\x01\x02"); at >= 0; at = zip.indexOf("PK\x01\x02", at + 1)) {
    const local = zip.readUInt32LE(at + 42);
    for (const place of [local + 6, at + 8]) zip.writeUInt16LE(zip.readUInt16LE(place) | flags, place);
    if (saidBytes) for (const place of [local + 22, at + 24]) zip.writeUInt32LE(saidBytes, place);
  }
  return zip;
}
