/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { violations } from "../helpers/axe.ts";
import { DESKTOP, inEitherScheme, launchBrowser, PHONE, takeScreenshot } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { getPage } from "../helpers/page.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LONG_LINE = `[2026-11-24 23:00:00,000] INFO  [1] — ${"оченьдлинноеслово".repeat(300)}\r\n`;

async function fits(page: Page): Promise<boolean> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
  );
}

t.test("every page of the viewer fits desktop and phone, in both schemes, for everybody", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await addLogArchive(monitor, {
    "2026-11-24/sync-1340.log": serviceLog(600),
    [`2026-11-24/${"длинное-имя-".repeat(12)}.log`]: LONG_LINE.repeat(3),
    "empty.log": "",
    "_README.txt": "locked.log: EBUSY",
    "short.log": serviceLog(60),
  });
  const removed = await addLogArchive(monitor, null, { removedAt: monitor.clock() });
  const missing = await addLogArchive(monitor, null);
  const path = `/log-archives/${id}/files`;
  const views = [
    `${path}/1`,
    `${path}/5?line=50&q=заказ#L50`,
    `${path}/5?line=59&q=нет-такого&find=next`,
    `${path}/5?go=когда-то`,
    `${path}/1?after=560`,
    `${path}/1?line=101&show=errors`,
    `${path}/5?line=20&q=заказ#L20`,
    `${path}/2`,
    `${path}/3`,
    path,
    `/log-archives/${removed}/files`,
    `/log-archives/${missing}/files/1`,
  ];
  // A page that waits would turn into the log under the eyes of axe.
  for (const position of [1, 2, 3, 4, 5])
    await waitFor(async () => (await getPage(monitor.app, `${path}/${position}`)).statusCode !== 202);
  const browser = await launchBrowser();
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const page = await monitor.openPage(t, browser, { ...device, bypassCSP: true });
    for (const [index, view] of views.entries()) {
      await page.goto(monitor.url + view);
      await inEitherScheme(page, async (colorScheme) => {
        t.same(await violations(page), [], `${view} on ${name}, ${colorScheme}`);
        await takeScreenshot(page, `log-${name}-${colorScheme}-${index}`, { fullPage: false });
      });
      for (const width of [320, 760, 1000, 1920]) {
        await page.setViewportSize({ width, height: device.viewport.height });
        t.ok(await fits(page), `${view} at ${width} px`);
      }
      await page.setViewportSize(device.viewport);
    }
  }
});
