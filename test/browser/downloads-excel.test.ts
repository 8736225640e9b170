/// <reference lib="dom" />
import { readFile } from "node:fs/promises";
import t from "tap";
import { recordedEvents } from "../helpers/audit.ts";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { tableOf } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { occupyExports } from "../helpers/occupy-exports.ts";
import { readWorkbook } from "../helpers/workbook.ts";

const BUTTON = "a.excel-button";

t.test("the button downloads what the page shows, and says that it works", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  const { promise: isSeen, resolve: goOn } = Promise.withResolvers<void>();
  await page.route("**/pos-servers.xlsx*", async (route) => {
    await isSeen;
    await route.continue();
  });
  await page.goto(`${monitor.url}/pos-servers?hideSynced=1&sort=name`);
  t.equal(await page.textContent(`${BUTTON} span`), "Excel");

  const place = await page.locator(BUTTON).boundingBox();
  const downloading = page.waitForEvent("download");
  await page.click(BUTTON);
  await page.locator(`${BUTTON}[data-busy]`).waitFor();
  t.same(await page.locator(BUTTON).boundingBox(), place, "nothing moves");
  t.equal(await page.textContent(`${BUTTON} span`), "Готовим…");
  t.equal(await page.textContent("#excel-status"), "Готовим файл…");
  await page.click(BUTTON);
  goOn();
  const download = await downloading;

  t.match(download.suggestedFilename(), /^Состояние POS-ов \d{4}-\d\d-\d\d\.xlsx$/);
  const [table] = await readWorkbook(await readFile(await download.path()));
  const names = tableOf(table).map((row) => row["POS-сервер"]);
  t.same(names, await page.locator(".cell-name .name").allTextContents());
  await page.waitForFunction(() => document.getElementById("excel-status")?.textContent === "Файл готов");
  t.equal(await page.textContent(`${BUTTON} span`), "Excel");
  t.ok(await page.locator("#excel-problem").isHidden());
  const exports = await recordedEvents(monitor.db, "export");
  t.equal(exports.length, 1, "a second click while the file is prepared asks for nothing");
});

t.test("when there is no file the button says why, and works again", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers", PHONE);
  await page.getByRole("button", { name: "Фильтр" }).tap();
  const problem = page.locator("#excel-problem");

  const giveUp = await occupyExports(Array.from({ length: 42 }, (_, other) => -1 - other));
  await page.click(BUTTON);
  await problem.filter({ hasText: "Сейчас готовится слишком много файлов" }).waitFor();
  await giveUp();

  await page.context().setOffline(true);
  await page.click(BUTTON);
  await problem.filter({ hasText: "нет связи с сервером" }).waitFor();
  await page.context().setOffline(false);

  const downloading = page.waitForEvent("download");
  await page.click(BUTTON);
  t.ok((await downloading).suggestedFilename());
  await problem.waitFor({ state: "hidden" });
});

t.test("whose session has ended is led to the sign-in", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.visit(t, "/audit");
  await page.context().clearCookies();
  await page.click(BUTTON);
  await page.waitForURL("**/login?returnTo=%2Faudit");
});
