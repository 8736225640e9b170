/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { DESKTOP, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { getPage } from "../helpers/page.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LOG = serviceLog(400);

async function openLog(t: Test, device: typeof DESKTOP, line: number): Promise<Page> {
  const monitor = await startLiveMonitor(t);
  const id = await addLogArchive(monitor, { "a.log": LOG });
  const path = `/log-archives/${id}/files/1`;
  await waitFor(async () => (await getPage(monitor.app, path)).statusCode === 303);
  return await monitor.visit(t, `${path}?line=${line}#L${line}`, device);
}

/** What a browser puts on the clipboard when everything from one row to another is copied. */
async function copyRows(page: Page, from: string, to: string): Promise<void> {
  await page.evaluate(
    ([from = "", to = ""]) => {
      const [first, last] = [document.querySelector(from), document.querySelector(to)];
      if (first && last) getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    },
    [from, to],
  );
  await page.keyboard.press("Control+C");
}

t.test("a fold opens in its place, and the keyboard goes on there", async (t) => {
  const page = await openLog(t, DESKTOP, 1);
  t.equal(await page.locator("#L7").isVisible(), false);
  await page.locator(".log-fold summary").first().focus();
  await page.keyboard.press("Enter");
  await page.locator("#L7").waitFor();
  await page.keyboard.press("Tab");
  t.equal(await page.evaluate(() => document.activeElement?.textContent), "5");
});

t.test("what is copied across a fold is whole", async (t) => {
  const page = await openLog(t, DESKTOP, 1);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await copyRows(page, "#L3", "#L51");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const lines = LOG.split("\r\n").slice(2, 51).join("\n");
  t.equal(copied.replaceAll("\r\n", "\n").trimEnd(), masked(lines));
  t.equal(await page.locator(".log-fold[open]").count(), 0, "the fold stays as it was");
});

t.test("keys lead to matches and errors, and along the time", async (t) => {
  const page = await openLog(t, DESKTOP, 1);
  await page.fill("#text", "ошибка");
  await page.press("#text", "Enter");
  await page.waitForURL(/line=1&q/);
  t.equal(await page.textContent(".log-matches"), "1 из 4", "the line itself, when the text is new");
  await page.waitForFunction(() => document.activeElement?.id === "text");
  await page.keyboard.press("Enter");
  await page.waitForURL(/line=101&/);
  t.equal(await page.textContent(".log-matches"), "2 из 4");
  await page.waitForFunction(() => document.activeElement?.id === "text");
  await page.keyboard.press("Enter");
  await page.waitForURL(/line=201&/);
  await page.waitForFunction(() => document.activeElement?.id === "text");
  await page.keyboard.press("Shift+Enter");
  await page.waitForURL(/line=101&/);
  await page.keyboard.press("F8");
  await page.waitForURL(/line=201&/);

  await page.locator(".log-strip-step[href]").first().focus();
  t.equal(await page.locator('.log-strip a[tabindex="0"]').count(), 1, "one stop of Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/line=1&/);
  await page.locator(".switch").first().focus();
  await page.keyboard.press("Space");
  await page.waitForURL(/show=errors/);
});

t.test("search and time stay in sight, also on a phone", async (t) => {
  for (const device of [DESKTOP, PHONE]) {
    const page = await openLog(t, device, 1);
    await page.locator("#L300").scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    for (const part of [".log-find-field", ".log-strip", ".log-jumps"]) {
      const box = await page.locator(part).first().boundingBox();
      t.ok(box && box.y >= 0 && box.y + box.height <= device.viewport.height, `${part} ${box?.y}`);
    }
  }
});

function masked(text: string): string {
  return text
    .replaceAll("+7 (916) 123-45-67", "+7 916 •••-••-67")
    .replaceAll("7001 1234 5678 9012", "•••• 9012");
}
