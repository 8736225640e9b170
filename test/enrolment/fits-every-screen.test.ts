/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { addUser } from "../../src/monitor/people/credentials/users.ts";
import { offerPackage } from "../helpers/agent-package.ts";
import { DESKTOP, launchBrowser } from "../helpers/browser.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

t.test("agents and users fit every screen, and no word of theirs is broken", async (t) => {
  const monitor = await startLiveMonitor(t);
  const { db } = monitor.app.database;
  offerPackage(monitor);
  const organizationId = await monitor.addOrganization("ООО «Столовая Полдень на Заводской»", "100237");
  const order = enrolmentOrder(await addEnrolmentCode(monitor, { organizationId }), {
    host: "KASSA-ZAVODSKAYA-06.office.stolovaya-polden.example",
  });
  await askToEnrol(monitor, order);
  await db.updateTable("posServer").set({ name: "Заводская, 6" }).execute();
  await askToEnrol(monitor, enrolmentOrder(await addEnrolmentCode(monitor), { crmId: "100999" }));
  await addEnrolmentCode(monitor);
  const name = "Константинопольская-Переяславцева Александра Владимировна";
  const user = { login: "konstantinopolskaya", name, isAdministrator: true, passwordHash: null };
  await addUser(db, user, monitor.clock());
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  for (const path of ["/enrolments", "/users"]) {
    await page.goto(monitor.url + path);
    for (const width of [320, 390, 760, 800, 900, 999, 1000, 1024, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      t.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${path}, ${width} px`);
      if (width >= 390) t.same(await brokenWords(page), [], `${path}, ${width} px`);
    }
    await page.setViewportSize({ width: 800, height: 800 });
    const row = page.locator(".registry-table tbody tr").first();
    t.not(await row.evaluate((node) => getComputedStyle(node).backgroundColor), "rgba(0, 0, 0, 0)", "a card");
  }
});

/** Words of ordinary length that stand on two lines. */
async function brokenWords(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const broken: string[] = [];
    const texts = document.createTreeWalker(document.querySelector("main") as Node, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      for (const word of (node.textContent ?? "").matchAll(
        /(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,16}(?![\p{L}\p{N}])/gu,
      )) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
    return broken;
  });
}
