/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser } from "../helpers/browser.ts";
import { addEnrolmentCode } from "../helpers/enrolments.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { signedIn } from "../helpers/page.ts";

const TAKE_BACK = "a[href$='/withdrawal/new']";
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
  const page = await monitor.visit(t, "/pos-servers");

  await page.focus("#organization");
  await page.keyboard.press("ArrowDown");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "organization");

  await page.fill("#q", "Тверская");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "q");
  await reloads(page, () => page.getByLabel("Не показывать").check());
  t.match(page.url(), /q=%D0.*hideSynced=1/, "a tick applies at once, with what was typed");
  await page.fill("#period", "5");
  await reloads(page, () => page.keyboard.press("Tab"));
  t.match(page.url(), /period=5/, "what is typed applies when its field is left");
  await reloads(page, () => page.click("#sort-name a, a#sort-name"));
  t.equal(await focused(page), "sort-name");
  await reloads(page, () => page.click("#segment-sync_error"));
  t.equal(await focused(page), "segment-sync_error");
  await page.goto(`${monitor.url}/pos-servers?period=30`);
  await page.fill("#period", "many");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "period", "what is wrong has the focus");
});

t.test("keys pass through the choices of a closed list; a choice in an opened one is applied", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.addPosServer();
  const other = await monitor.addOrganization("Пекарня", "100300");
  await monitor.addPosServer({ organizationId: other });
  const page = await monitor.openPage(t, browser, DESKTOP);
  const select = page.locator("#organization");
  for (const key of ["Space", "Alt+ArrowDown", "F4"]) {
    let isChosen = false;
    // A list that has just opened may miss the first key: Enter then takes what was chosen before.
    for (let tries = 0; tries < 5 && !isChosen; tries += 1) {
      await page.goto(`${monitor.url}/pos-servers`);
      await select.focus();
      await page.keyboard.press(key);
      await page.waitForFunction(() => document.querySelector("#organization:open"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      const chosen = page.waitForURL(/organization=\d/, { timeout: 10_000 });
      isChosen = await chosen.then(
        () => true,
        () => false,
      );
    }
    t.equal(await focused(page), "organization", key);
    t.ok(isChosen, key);
  }

  await page.goto(`${monitor.url}/pos-servers`);
  await page.evaluate(() => {
    addEventListener("submit", () => document.body.setAttribute("data-sent", ""));
  });
  await select.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp", "End"]) {
    const before = await select.inputValue();
    await page.keyboard.press(key);
    t.not(await select.inputValue(), before, key);
    t.equal(await page.locator("[data-sent]").count(), 0, "it only passes");
  }
  await reloads(page, () => page.keyboard.press("Enter"));
  t.match(page.url(), `organization=${other}`);
});

t.test("what was done away with leaves the focus to the heading, never to another control", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "boom" });
  const page = await monitor.visit(t, `/pos-servers/${id}`);
  await page.focus("#taking button");
  await reloads(page, () => page.keyboard.press("Enter"));
  t.equal(await focused(page), "acknowledgement-heading", "«Закончить» stands where «Занимаюсь» did");

  for (let left = 2; left > 0; left -= 1) await addEnrolmentCode(monitor);
  await page.goto(`${monitor.url}/enrolments`);
  await page.locator(TAKE_BACK).first().press("Enter");
  await page.locator(".dialog[open] button[form]").waitFor();
  await reloads(page, () => page.click(".dialog button[form]"));
  t.equal(await page.locator(TAKE_BACK).count(), 1);
  t.equal(await focused(page), "Коды");
});

t.test("a refresh leaves the focus to nothing else either", async (t) => {
  const monitor = await startLiveMonitor(t);
  for (let left = 2; left > 0; left -= 1) await addEnrolmentCode(monitor);
  const page = await monitor.visit(t, "/enrolments");
  const takeBack = page.locator(TAKE_BACK);
  await takeBack.first().focus();
  const url = (await takeBack.first().getAttribute("href"))?.replace("/new", "") ?? "";
  const other = await signedIn(monitor, { isAdministrator: true });
  await other.post(url);
  await page.evaluate(() => document.getElementById("freshness")?.dispatchEvent(new CustomEvent("refresh")));
  await page.waitForFunction(() => document.activeElement?.matches("h2"));
  t.equal(await takeBack.count(), 1);
});
