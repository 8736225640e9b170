/// <reference lib="dom" />
import { readFile } from "node:fs/promises";
import t from "tap";
import { PHONE } from "../helpers/browser.ts";
import { tableOf } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { occupyExports } from "../helpers/occupy-exports.ts";
import { readWorkbook } from "../helpers/workbook.ts";

const BUTTON = "a.excel-button";

t.test("the button downloads what the page shows, and the page stays", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers?hideSynced=1&sort=name");
  const downloading = page.waitForEvent("download");
  await page.click(BUTTON);
  const download = await downloading;

  t.match(download.suggestedFilename(), /^Состояние POS-ов \d{4}-\d\d-\d\d\.xlsx$/);
  const [table] = await readWorkbook(await readFile(await download.path()));
  const names = tableOf(table).map((row) => row["POS-сервер"]);
  t.same(names, await page.locator(".cell-name .name").allTextContents());
  t.match(page.url(), /\/pos-servers\?hideSynced=1&sort=name$/);
});

t.test("a file that cannot be had says why on a page of its own", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.visit(t, "/pos-servers?list=1", PHONE);
  await page.getByRole("button", { name: "Фильтр" }).tap();
  const giveUp = await occupyExports(Array.from({ length: 42 }, (_, other) => -1 - other));
  await page.click(BUTTON);
  await page.getByText("Сейчас готовится слишком много файлов").waitFor();
  await giveUp();
});

t.test("whose session has ended is led to the sign-in", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.visit(t, "/audit");
  await page.context().clearCookies();
  await page.click(BUTTON);
  await page.waitForURL("**/login?returnTo=%2Faudit");
});
