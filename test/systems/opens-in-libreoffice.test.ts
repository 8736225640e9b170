import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { downloadWorkbook } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { findProgram } from "../helpers/find-program.ts";
import { shownDate } from "../helpers/workbook.ts";

/** Comma, double quotes, UTF-8, cells as they are shown, the first sheet alone. */
const CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,1";
const FIRST_DATE_COLUMN = 1;

const office = findProgram("soffice");

t.test(
  "LibreOffice opens the file and shows its rows",
  { skip: office === null && "LibreOffice is not installed" },
  async (t) => {
    const monitor = await startMonitor(t);
    await addOneInEachState(monitor);
    const id = await monitor.addPosServer({ name: "=1+1", address: null });
    await monitor.report(id, { error: '=HYPERLINK("http://evil.test")\u0000\ud800, 👍' });
    const { sheets, bytes } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx");
    const folder = t.testdir();
    await writeFile(join(folder, "table.xlsx"), bytes);
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, "profile"))}`;
    const options = ["--headless", profile, "--convert-to", CSV, "--outdir", folder];
    await promisify(execFile)(office ?? "", [...options, join(folder, "table.xlsx")], { timeout: 90_000 });

    const shown = await readShown(folder);
    const [table] = sheets;
    const expected = table?.values.map((row) => row[4] ?? "");
    t.same(
      shown.map((row) => row[4]),
      expected,
    );
    t.ok(shown.some((row) => row.includes('=HYPERLINK("http://evil.test")\ufffd\ufffd, 👍')));
    const since = shownDate(table?.values[1]?.[FIRST_DATE_COLUMN]);
    t.equal(shown[1]?.[FIRST_DATE_COLUMN], since.replace(/(\d+)-(\d+)-(\d+)/, "$3.$2.$1"));
    t.equal(shown[1]?.[3], "100237");
  },
);

async function readShown(folder: string): Promise<string[][]> {
  const name = (await readdir(folder)).find((file) => file.endsWith(".csv")) ?? "";
  return readCsv(await readFile(join(folder, name), "utf8"));
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
