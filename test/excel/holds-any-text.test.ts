import t from "tap";
import type { Cell } from "../../src/monitor/excel/sheet.ts";
import { readWorkbook } from "../helpers/workbook.ts";
import { DATE_FORMAT, writeWorkbook } from "../helpers/write-workbook.ts";

async function written(...texts: Cell[]) {
  const columns = [{ heading: "Текст" }];
  const rows = texts.map((text) => [text]);
  const bytes = await writeWorkbook({ name: "Лист", columns, rows, hasFilter: true });
  const [sheet] = await readWorkbook(bytes);
  return { sheet, cells: sheet?.rows.slice(1).map(([cell]) => cell) ?? [] };
}

t.test("what looks like a formula, number, date or version stays a text", async (t) => {
  const texts = [
    ...["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", '=HYPERLINK("http://x")'],
    ...["000237", "100237", "34.10", "1E5", "2026-11-24", "TRUE"],
  ];
  const { sheet, cells } = await written(...texts);
  const expected = texts.map((value) => ({ value, format: "@" }));
  t.same(cells, expected);
  t.equal(sheet?.hasFormulas, false);
});

t.test("what a file cannot hold is replaced, and everything else is kept", async (t) => {
  const kept = [" пробелы ", "<b>&amp;\"'</b>]]>", "шрифт 👩‍👩‍👧 שלום \u202eabc", "_x000D_ and _x0041_"];
  const replaced = {
    "a\u0000b\u001fc\u009bd\uffffe": "a\ufffdb\ufffdc\ufffdd\ufffde",
    "lone \ud800 and \udc00": "lone \ufffd and \ufffd",
    "две\r\nстроки\rтри\n": "две\nстроки\nтри\n",
  };
  const { cells } = await written(...Object.keys(replaced), ...kept);
  const values = cells.map((cell) => cell?.value);
  t.same(values, [...Object.values(replaced), ...kept]);
});

t.test("a text longer than a cell may hold is cut between characters and says so", async (t) => {
  const { cells } = await written("я".repeat(40_000), `${"я".repeat(32_765)}👍👍`, "ю".repeat(32_767));
  const [long = "", atEmoji = "", fitting = ""] = cells.map((cell) => String(cell?.value));
  t.equal(long.length, 32_767);
  t.ok(long.endsWith("я…"));
  t.equal(atEmoji, `${"я".repeat(32_765)}…`);
  t.equal(fitting, "ю".repeat(32_767));
});

t.test("columns are as wide as what they hold, within reason", async (t) => {
  for (const short of ["да", null]) t.ok(((await written(short)).sheet?.widths[0] ?? 0) < 12);
  const wide = (await written("Тридцать букв и ещё несколько")).sheet?.widths[0] ?? 0;
  t.ok(wide >= 29 && wide < 35, String(wide));
  t.ok(((await written("я".repeat(5_000))).sheet?.widths[0] ?? 0) < 65);
  // A date that first comes far below has room: Excel would not show it otherwise.
  const columns = [{ heading: "n" }, { heading: "С" }, { heading: "Мало" }];
  const rows = Array.from({ length: 5_000 }, (_, n): Cell[] => [n, n < 4_999 ? null : new Date(0), "да"]);
  const [sheet] = await readWorkbook(await writeWorkbook({ name: "Лист", columns, rows, hasFilter: true }));
  const [, since = 0, few = 0] = sheet?.widths ?? [];
  t.ok(since >= DATE_FORMAT.length, String(since));
  t.ok(few < 12, String(few));
});

t.test("a sheet without rows has its headings and its filter, also after the last letter", async (t) => {
  const columns = Array.from({ length: 703 }, (_, column) => ({ heading: `${column}` }));
  const [sheet] = await readWorkbook(
    await writeWorkbook({ name: "Лист", columns, rows: [], hasFilter: true }),
  );
  t.same(sheet?.values, [columns.map(({ heading }) => heading)]);
  t.equal(sheet?.filter, "A1:AAA1");
});
