/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function topOf(page: Page, line: number): Promise<number> {
  return await page.locator(`#L${line}`).evaluate((element) => element.getBoundingClientRect().top);
}

for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  t.test(`on a ${name} errors are jumped to, and earlier lines come in above`, async (t) => {
    const monitor = await startLiveMonitor(t);
    const id = await addLogArchive(monitor, { "a.log": serviceLog(2_000) });
    const page = await monitor.visit(t, `/log-archives/${id}/files`, device);
    await page.click("text=a.log");
    await page.waitForURL(/line=1901#L1901$/);
    await page.click("text=Сворачивать повторы");
    await page.waitForURL(/line=1901&folds=off#L1901$/);
    const isInSight = async (line: number) => {
      const top = await topOf(page, line);
      t.ok(top > 0 && top < device.viewport.height, `line ${line} is in sight`);
    };
    await isInSight(1_901);

    await page.keyboard.press("Shift+F8");
    await page.waitForURL(/#L1801$/);
    await isInSight(1_801);
    await page.keyboard.press("F8");
    await page.waitForURL(/#L1901$/);
    await page.click('a[aria-label^="Предыдущая"]');
    await page.waitForURL(/#L1801$/);

    const first = Number((await page.locator(".log-line").first().getAttribute("id"))?.slice(1));
    const more = page.locator(".log-more a").first();
    await more.scrollIntoViewIfNeeded();
    const top = await topOf(page, first);
    await more.click();
    await page.waitForSelector(`#L${first - 500}`);
    await waitFor(async () => Math.abs((await topOf(page, first)) - top) < 2);
    t.equal(await page.locator(".log-line").count(), 1_000);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    t.equal(focused, String(first), "the keyboard too");
    t.match(page.url(), /#L1801$/);

    await page.fill("#text", "ОШИБКА 501");
    await page.press("#text", "Enter");
    await page.waitForURL(/line=501&/);
    t.equal(await page.locator("#L501 mark").textContent(), "ошибка 501");
    await page.fill("#goTo", "9:10");
    await page.press("#goTo", "Enter");
    await page.waitForURL(/line=600&q=[^&]+&folds=off#L600$/);

    await page.fill("#goTo", "когда-то");
    await page.press("#goTo", "Enter");
    await page.locator("#problem-goTo").waitFor();
    await isInSight(600);
    if (device === PHONE) return;

    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("/");
    t.equal(await page.evaluate(() => document.activeElement?.id), "text");
    await page.fill("#text", "");
    await page.press("#text", "Enter");
    await page.waitForURL(/\?line=600&folds=off#L600$/);
  });
}

t.test("a file that takes long shows how far it is, and opens by itself", async (t) => {
  const monitor = await startLiveMonitor(t);
  const part = Buffer.from(serviceLog(20_000));
  const id = await addLogArchive(monitor, { "a.log": Array.from({ length: 30 }, () => part) });
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  // However fast the machine is, the page stays until it has been looked at.
  const looked = Promise.withResolvers<void>();
  await page.route(/\?waiting=1$/, async (route) => {
    const response = await route.fetch();
    if (response.headers()["hx-refresh"]) await looked.promise;
    await route.fulfill({ response });
  });
  const answer = await page.goto(`${monitor.url}/log-archives/${id}/files/1`);
  t.equal(answer?.status(), 202);
  t.match(await page.locator("h1").textContent(), "Файл готовится к просмотру");
  await waitFor(async () => Number(await page.locator("progress").getAttribute("value")) > 0);
  looked.resolve();
  // waitForURL gives up when a refresh of the page is cut short by the next one.
  await waitFor(() => /line=599901#L599901$/.test(page.url()));
});
