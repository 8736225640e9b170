/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { DESKTOP } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { allowUnprotectedResets } from "../helpers/resets.ts";
import { startResettablePosServer } from "../helpers/resettable-pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const OPEN = "#dialog[open]";
/** The page behind the dialog shows each step at once; by itself it looks every 15 s. */
const BEHIND = { timeout: 5_000 };
const SUBMIT = "Сбросить базу «Тверская, 12»";

/** A monitor that works by itself over one POS server with a damaged database. */
async function start(t: Test) {
  const monitor = await startLiveMonitor(t, { client: createPosClient({ now: Date.now }) });
  const posServer = await startResettablePosServer(t, Date.now, { exchanges: false });
  await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const { address } = posServer;
  const id = await monitor.addPosServer({ name: "Тверская, 12", address, identity: POS_SERVER_ID });
  await allowUnprotectedResets(monitor);
  await monitor.app.pollNow(id);
  const open = (device: object, path = "/pos-servers?period=3650") => monitor.visit(t, path, device);
  return { monitor, posServer, id, open };
}

const resetButton = (page: Page, id: number) =>
  page.locator(`#pos-server-${id} .cell-step a[href$="/database-resets/new"]`);

const inStep = (page: Page, hasText: string) =>
  page.locator(`${OPEN} [aria-current=step]`, { hasText }).waitFor();

t.test("from the button in the row to the exchange that works again, in the dialog", async (t) => {
  const { monitor, posServer, id, open } = await start(t);
  const page = await open(LOOKED_AT);
  await resetButton(page, id).click();
  await page.locator(`${OPEN} [name=crmId]`).fill("100238");
  await page.getByRole("button", { name: SUBMIT }).click();
  await page.getByText("Это не CrmId этой организации, ничего не сделано").waitFor();
  t.equal(await page.inputValue(`${OPEN} [name=crmId]`), "100238");
  t.same(posServer.resets, []);
  await lookAt(t, page, "a reset that is refused");

  await page.locator(`${OPEN} [name=crmId]`).fill("100237");
  await page.locator(`${OPEN} [name=startService]`).uncheck();
  await page.getByRole("button", { name: SUBMIT }).click();
  await inStep(page, "База в резерве, служба остановлена");

  const activity = page.locator(`#pos-server-${id} .activity`, { hasText: "Сброс БД: служба остановлена" });
  await activity.waitFor(BEHIND);
  await lookAt(t, page, "a reset that waits for a start");
  await page.keyboard.press("Escape");
  t.equal(await resetButton(page, id).count(), 0, "no second reset meanwhile");
  await page.waitForFunction(() => document.activeElement?.classList.contains("activity"));
  await page.locator(`#pos-server-${id} .activity`).click();
  await page.locator(OPEN).getByRole("button", { name: "Запустить службу" }).click();
  await inStep(page, "Служба запущена, ждём первого обмена");

  Object.assign(posServer, { lastSuccessAt: Date.now(), syncError: null });
  await page.locator(OPEN, { hasText: /Обмен восстановлен за \d+/ }).waitFor();
  await page.locator(OPEN).getByText("Следующая проблема ›").waitFor();
  await page.locator(`#pos-server-${id}[data-state=synced]`).waitFor(BEHIND);
  await page.keyboard.press("Escape");
  t.equal(await page.locator(`#pos-server-${id} .activity`).count(), 0);
  await page.waitForFunction((row) => document.activeElement?.closest(row), `#pos-server-${id}`);
  t.match(page.url(), /\/pos-servers\?period=3650$/, "the page was never left");
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  const repairs = await page.textContent("section:has(#repairs-heading) .actions");
  t.match(repairs, /обмен восстановлен за \d+.*Сброс БД: Test Administrator/s);
});

t.test("a form is sent once, however often somebody clicks while the server is asked", async (t) => {
  type Press = (page: Page, box: { x: number; y: number }) => Promise<void>;
  const { monitor, posServer, id, open } = await start(t);
  const sendTwice = async (page: Page, press: Press, name: string) => {
    let posts = 0;
    const asked = Promise.withResolvers<void>();
    await page.route("**/*", async (route) => {
      if (route.request().method() !== "POST") return await route.fallback();
      posts += 1;
      await asked.promise;
      await route.fallback();
    });
    const button = page.getByRole("button", { name });
    await button.focus();
    const box = await button.boundingBox();
    if (!box) throw new Error(`no button ${name}`);
    await press(page, box);
    await waitFor(() => posts > 0);
    await press(page, box);
    asked.resolve();
    return () => posts;
  };
  const click: Press = (page, { x, y }) => page.mouse.click(x + 2, y + 2);
  const enter: Press = (page) => page.keyboard.press("Enter");

  const page = await open(DESKTOP, `/pos-servers/${id}`);
  const acknowledgements = await sendTwice(page, click, "Занимаюсь");
  await page.getByRole("button", { name: "Закончить" }).waitFor();
  t.equal(acknowledgements(), 1, "a form that is answered in the dialog");

  const inDialog = await open(DESKTOP);
  await resetButton(inDialog, id).click();
  await inDialog.locator(`${OPEN} [name=crmId]`).fill("100237");
  await inDialog.locator(`${OPEN} [name=startService]`).uncheck();
  const resets = await sendTwice(inDialog, enter, SUBMIT);
  await inStep(inDialog, "База в резерве, служба остановлена");
  t.equal(resets(), 1, "a form in the dialog");

  for (const press of [click, enter]) {
    posServer.service = "stopped";
    await monitor.app.pollNow(id);
    const alone = await open(DESKTOP, `/pos-servers/${id}/service-starts/new`);
    const starts = await sendTwice(alone, press, "Запустить службу");
    await alone.waitForURL(/\/(service-starts|database-resets)\/\d+$/);
    t.equal(starts(), 1, "a page of its own");
    await alone.getByText("Служба запущена").first().waitFor();
  }
  t.equal(posServer.resets.length, 1);
});
