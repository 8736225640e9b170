import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { ExportTooLargeError } from "../../src/monitor/excel/export-refusal.ts";
import { startMonitor } from "../helpers/app.ts";
import { endlessExport } from "../helpers/endless-export.ts";
import { makeFolder } from "../helpers/folder.ts";
import { sessionOf, signedIn, textOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { newWorkbook } from "../helpers/write-workbook.ts";

/** @param detail in which `#` stands for the number of the event. */
async function startWithEvents(t: Test, count: number, detail: string) {
  const monitor = await startMonitor(t);
  monitor.app.database.sqlite
    .prepare(
      `insert into audit_event (at, user_login, address, action, result, detail)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
      select i, 'somebody', '10.0.0.1', 'sign_in', 'refused', replace(?, '#', i) from n`,
    )
    .run(count, detail);
  const cookies = { session: await sessionOf(monitor.app) };
  const get = (headers: Record<string, string> = {}, url = "/audit.xlsx?action=sign_in") =>
    monitor.app.inject({ url, cookies, headers });
  return { monitor, get };
}

t.test("more than 100,000 rows are refused, not cut", async (t) => {
  const { monitor, get } = await startWithEvents(t, 100_001, "");
  const page = await get();
  t.equal(page.statusCode, 422);
  t.match(textOf(page.body).replaceAll("\u00a0", " "), "В таблице больше 100 000 строк");
  t.match(page.body, 'href="/audit?action=sign_in"');
  t.notOk(page.headers["content-disposition"]);

  const part = await get({ "hx-request": "true", "hx-request-type": "partial" });
  t.equal(part.statusCode, 422);
  t.match(part.body, /^<p class="error-message" role="alert">В таблице больше/);

  const { db } = monitor.app.database;
  t.same(await db.selectFrom("auditEvent").selectAll().where("action", "=", "export").execute(), []);
});

t.test("exactly 100,000 rows fit a sheet", async (t) => {
  const sheet = newWorkbook().addSheet({ name: "Числа", columns: [{ heading: "n" }], hasFilter: true });
  for (let n = 0; n < 100_000; n++) await sheet.add([n]);
  t.equal(sheet.rowCount(), 100_000);
  await t.rejects(sheet.add([0]), new ExportTooLargeError("too_many_rows"));
});

t.test("more text than the memory of a worker allows is refused before it is written", async (t) => {
  const { get } = await startWithEvents(t, 4_000, `#${"я".repeat(13_500)}`);
  const page = await get();
  t.equal(page.statusCode, 422);
  t.match(textOf(page.body), "Файл слишком велик");
});

t.test("when too many files are being made the next one is refused, with a time to come again", async (t) => {
  const { monitor, get } = await startWithEvents(t, 1, "");
  const { excelWorkers } = monitor.app;
  const leaving = new AbortController();
  const others = Array.from({ length: 42 }, (_, other) =>
    excelWorkers.run(-1 - other, endlessExport(monitor.app), leaving.signal),
  );
  const ended = Promise.allSettled(others);
  await waitFor(() => excelWorkers.waiting() === 40);
  t.equal(excelWorkers.size(), 2);

  const page = await get();
  t.equal(page.statusCode, 503);
  t.match(page.headers, { "retry-after": "10" });
  t.match(textOf(page.body), "Сейчас готовится слишком много файлов");

  leaving.abort();
  await ended;
  t.equal((await get()).statusCode, 200);
});

t.test("one person's files take one worker, wait and are bounded; another's is made at once", async (t) => {
  const monitor = await startMonitor(t);
  const { excelWorkers } = monitor.app;
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });
  const begun = join(makeFolder(t), "begun");
  writeFileSync(begun, "");
  const leaving = new AbortController();
  const hers = Array.from({ length: 4 }, () =>
    excelWorkers.run(anna.userId, endlessExport(monitor.app, begun), leaving.signal),
  );
  const ended = Promise.allSettled(hers);
  await waitFor(() => readFileSync(begun).length === 1 && excelWorkers.waiting() === 3);

  const his = await boris.get("/pos-servers.xlsx");
  t.equal(his.statusCode, 200);
  t.equal(readFileSync(begun).length, 1, "only one of hers has begun");

  const more = await anna.get("/pos-servers.xlsx");
  t.equal(more.statusCode, 429);
  t.match(more.headers, { "retry-after": "10" });
  t.match(textOf(more.body), "Вы уже скачиваете несколько файлов");
  leaving.abort();
  await ended;
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 200);
});
