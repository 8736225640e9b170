/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { DESKTOP, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt } from "../helpers/look-at.ts";
import { received } from "../helpers/outcomes.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

/** Five POS servers whose exchange fails, until they are asked. */
async function start(t: Parameters<typeof startLiveMonitor>[0]) {
  const client = createScriptedClient((): StatusOutcome => received(Date.now(), { error: "boom" }));
  const monitor = await startLiveMonitor(t, { client });
  for (let index = 1; index <= 5; index++) {
    await monitor.report(await monitor.addPosServer({ name: `Арбат, ${index}` }), {
      error: `boom ${"x".repeat(index)}`,
    });
  }
  return { monitor };
}

const ticked = (page: Page) =>
  page.locator("tr .pick[name=id]").evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked));
const boxOf = (page: Page, index: number) => page.locator("tr .pick[name=id]").nth(index);

t.test("rows are ticked singly, in ranges and all, and a refresh leaves them", async (t) => {
  const { monitor } = await start(t);
  const page = await monitor.visit(t, "/pos-servers?sort=name");
  await boxOf(page, 1).click();
  await page.locator(".batch-bar b", { hasText: "Выбрано 1" }).waitFor();
  await boxOf(page, 3).click({ modifiers: ["Shift"] });
  await page.locator(".batch-bar b", { hasText: "Выбрано 3" }).waitFor();
  t.same(await ticked(page), [false, true, true, true, false]);
  await boxOf(page, 2).focus();
  await page.keyboard.press("Space");
  await page.locator(".batch-bar b", { hasText: "Выбрано 2" }).waitFor();
  const later = await monitor.addPosServer({ name: "Якиманка, 1" });
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.locator(`#pos-server-${later}`).waitFor();
  await lookAt(t, page, "ticked rows");
  await page.check("#pick-page");
  await page.locator(".batch-bar b", { hasText: "Выбрано 6" }).waitFor();
  t.same(await ticked(page), Array(6).fill(true));
  await page.keyboard.press("Escape");
  t.same(await ticked(page), Array(6).fill(false));
  await page.locator(".batch-bar").waitFor({ state: "hidden" });
});

for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  t.test(`ticked rows are taken and checked, with progress over the list, on a ${name}`, async (t) => {
    const { monitor } = await start(t);
    const page = await monitor.visit(t, "/pos-servers?sort=name", device);
    if (device === PHONE) await page.tap("#pick-rows");
    await boxOf(page, 0).click();
    await boxOf(page, 1).click();
    await page.locator(".batch-bar b", { hasText: "Выбрано 2" }).waitFor();
    await page.click(".batch-bar >> text=Занимаюсь");
    await page.locator("dialog[open] >> text=Готово 2 из 2").waitFor();
    await page.click("dialog[open] [data-dialog-close]");
    await page.locator(".acknowledgement:visible").nth(1).waitFor();
    t.match(page.url(), /\?sort=name$/);
    t.same((await ticked(page)).slice(0, 3), [true, true, false], "they stay for the next action");
    await page.click(".batch-bar >> text=Проверить связь");
    await page.locator("dialog[open] >> text=Готово 2 из 2").waitFor();
    await page.click("dialog[open] >> text=Открыть страницу действия");
    await page.locator("#batch-done li").nth(1).waitFor();
    await lookAt(t, page, `a batch on a ${name}`);
  });
}

t.test("without JavaScript checkboxes and bar are there, and lead to the page of what is done", async (t) => {
  const { monitor } = await start(t);
  const page = await monitor.visit(t, "/pos-servers?sort=name", { ...DESKTOP, javaScriptEnabled: false });
  await boxOf(page, 0).check();
  await boxOf(page, 4).check();
  await page.click(".batch-bar >> text=Проверить связь");
  await page.waitForURL(/\/batches\/1$/);
  t.match(await page.textContent("h1"), "Проверить связь: 2 POS-сервера");
});
