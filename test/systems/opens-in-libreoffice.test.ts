import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { startMonitor } from "../helpers/app.ts";
import { downloadWorkbook } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { findProgram } from "../helpers/find-program.ts";
import { shownDate } from "../helpers/workbook.ts";

/** Comma, double quotes, UTF-8, cells as they are shown, the first sheet alone. */
const CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,1";
const FIRST_DATE_COLUMN = 1;
const PDF_PAGE = /\/Type\s*\/Page\b/g;

const office = findProgram("soffice");
const skip = office === null && "LibreOffice is not installed";

t.test("LibreOffice opens the file and shows its rows", { skip }, async (t) => {
  const monitor = await startMonitor(t);
  await addOneInEachState(monitor);
  const id = await monitor.addPosServer({ name: "=1+1", address: null });
  await monitor.report(id, { error: '=HYPERLINK("http://evil.test")\u0000\ud800, 👍' });
  const { sheets, bytes } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx");
  const shown = readCsv((await convert(t, bytes, CSV)).toString("utf8"));
  const [table] = sheets;
  const expected = table?.values.map((row) => row[4] ?? "");
  const cells = shown.map((row) => row[4]);
  t.same(cells, expected);
  t.ok(shown.some((row) => row.includes('=HYPERLINK("http://evil.test")\ufffd\ufffd, 👍')));
  const since = shownDate(table?.values[1]?.[FIRST_DATE_COLUMN]);
  t.equal(shown[1]?.[FIRST_DATE_COLUMN], since.replace(/(\d+)-(\d+)-(\d+)/, "$3.$2.$1"));
  t.equal(shown[1]?.[3], "100237");
});

t.test("LibreOffice prints a sheet on pages as wide as the table", { skip }, async (t) => {
  const monitor = await startMonitor(t);
  for (let n = 0; n < 150; n++) {
    const id = await monitor.addPosServer({ name: `Длинное название ресторана, ${n}`, address: null });
    await monitor.report(id, { error: `Превышено время ожидания ответа главного сервера, запрос ${n}` });
  }
  const { bytes } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx");
  const pages = (await convert(t, bytes, "pdf")).toString("latin1").match(PDF_PAGE);
  t.ok(pages && pages.length >= 3 && pages.length <= 5, `${pages?.length} pages`);
});

/** Opens a workbook in LibreOffice and saves it in another format. */
async function convert(t: Test, bytes: Buffer, format: string): Promise<Buffer> {
  const folder = t.testdir({ from: {}, to: {} });
  const from = join(folder, "from", "table.xlsx");
  const to = join(folder, "to");
  await writeFile(from, bytes);
  const profile = `-env:UserInstallation=${pathToFileURL(join(folder, "profile"))}`;
  const options = ["--headless", profile, "--convert-to", format, "--outdir", to, from];
  await promisify(execFile)(office ?? "", options, { timeout: 90_000 });
  const [file = ""] = await readdir(to);
  return await readFile(join(to, file));
}

function readCsv(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
      ),
    );
}
