/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

const browser = await launchBrowser();

/** What has the focus, by its id, name or text. */
async function focused(page: Page): Promise<string> {
  await page.waitForLoadState("load");
  return await page.evaluate(() => {
    const { activeElement: active } = document;
    return active?.id || active?.getAttribute("name") || active?.textContent?.trim() || "";
  });
}

/** Does what loads the page anew, and waits until it has. */
async function reloads(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent("load"), act()]);
}

t.test("the list has the focus where it was after each of its controls", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  const other = await monitor.addOrganization("Пекарня", "100300");
  await monitor.addPosServer({ organizationId: other });
  await monitor.report(id, { error: "boom" });
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/pos-servers`);

  await page.focus("#organization");
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(300);
  t.notMatch(page.url(), "organization=", "the arrow passes through the choices");
  t.equal(await focused(page), "organization");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.match(page.url(), /organization=\d/);
  t.equal(await focused(page), "organization");

  await page.fill("#q", "Тверская");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "q");
  await reloads(page, () => page.click("#filter-submit"));
  t.equal(await focused(page), "filter-submit");
  await reloads(page, () => page.click("#sort-name a, a#sort-name"));
  t.equal(await focused(page), "sort-name");
  await reloads(page, () => page.click("#segment-sync_error"));
  t.equal(await focused(page), "segment-sync_error");
  await page.goto(`${monitor.url}/pos-servers?period=30`);
  await page.fill("#period", "many");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "period", "what is wrong has the focus");
});

t.test("so has the page of a POS server", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "boom" });
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  await page.focus("#taking button");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "Закончить");
});
