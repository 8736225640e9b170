/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { getPage } from "../helpers/page.ts";
import { addLogArchive } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LINES = [
  "[2026-11-23 23:59:52,546] DEBUG [48] — поиск гостя, карта •••• 8264",
  "[2026-11-24 00:00:30,741]  INFO [ 1] - two  spaces",
  "[2026-11-24 00:00:31,000]  WARN [Event Loop 1] - ",
  "text on the next line",
  "",
  "   at Exchange.Run(CancellationToken token)",
  `[2026-11-24 00:00:32,100] ERROR [50] [Class:Method:59] - ${"long ".repeat(60)}end`,
  "last",
];

/** Selects from the first visible character of a line to the end of another with the mouse. */
async function selectByMouse(page: Page, from: number, to: number): Promise<void> {
  const start = await page.locator(`#L${from} .log-text`).boundingBox();
  const end = await page.locator(`#L${to} .log-text`).boundingBox();
  if (!start || !end) throw new Error("the lines are not there");
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await page.mouse.move(start.x + 1, start.y + 6);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width - 2, end.y + end.height - 5, { steps: 5 });
  await page.mouse.up();
}

/** The same, as handles under a finger leave it. */
async function selectByFinger(page: Page, from: number, to: number): Promise<void> {
  await page.evaluate(
    ([from, to]) => {
      const start = document.querySelector(`#L${from} .log-time`)?.firstChild;
      const end = document.querySelector(`#L${to} :is(.log-message, .log-origin, code:not(:has(span)))`);
      if (start && end) getSelection()?.setBaseAndExtent(start, 0, end, end.childNodes.length);
    },
    [from, to],
  );
}

async function copied(page: Page): Promise<string> {
  await page.keyboard.press("Control+C");
  return (await page.evaluate(() => navigator.clipboard.readText())).replaceAll("\r\n", "\n");
}

for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  t.test(`on a ${name} lines stand in columns and are copied as they are in the log`, async (t) => {
    const monitor = await startLiveMonitor(t);
    const id = await addLogArchive(monitor, { "a.log": LINES.join("\r\n"), "README.txt": "1 file\r\n" });
    for (const position of [1, 2]) {
      const path = `/log-archives/${id}/files/${position}`;
      await waitFor(async () => [200, 303].includes((await getPage(monitor.app, path)).statusCode));
    }
    const page = await monitor.openPage(t, await launchBrowser(), device);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${monitor.url}/log-archives/${id}/files/1?line=1`);

    t.same(await page.locator(".log-day").allTextContents(), ["23.11.2026", "24.11.2026"]);
    t.same(await page.locator(".log-time").allInnerTexts(), [
      "23:59:52,546",
      "00:00:30,741",
      "00:00:31,000",
      "00:00:32,100",
    ]);
    t.same(await page.locator(".log-level").allInnerTexts(), ["DEBUG", "INFO", "WARN", "ERROR"]);
    t.equal(await page.locator("#L3 .log-origin").textContent(), "[Event Loop 1]");
    t.match(await page.locator("#L1 .log-masked").getAttribute("title"), /Номер карты/);
    if (name === "desktop") {
      const lefts = await page
        .locator("#L1 .log-message, #L2 .log-message")
        .evaluateAll((texts) => texts.map((text) => Math.round(text.getBoundingClientRect().left)));
      t.equal(lefts[0], lefts[1], "texts begin below each other");
      const heights = await page
        .locator("#L1, #L2, #L4")
        .evaluateAll((lines) => lines.map((line) => line.getBoundingClientRect().height));
      t.same(new Set(heights), new Set([24]), "and lines are equally high");
    }
    const select = name === "desktop" ? selectByMouse : selectByFinger;
    await select(page, 1, LINES.length);
    t.same((await copied(page)).split("\n"), LINES);
    const kinds = await page.evaluate(async () =>
      (await navigator.clipboard.read()).flatMap((item) => item.types),
    );
    t.same(kinds, ["text/plain"], "no sizes and colours come along");

    await select(page, 3, 3);
    t.equal(await copied(page), LINES[2], "also one that ends with what is not shown");
    await page.locator("#L2 .log-time").evaluate((time) => getSelection()?.selectAllChildren(time));
    t.equal(await copied(page), "00:00:30,741", "a time alone");

    await page.goto(`${monitor.url}/log-archives/${id}/files/2`);
    t.equal(await page.locator("[data-columns]").count(), 0, "what has no times is shown as it is");
  });
}
