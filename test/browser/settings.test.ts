/// <reference lib="dom" />
import t from "tap";
import { readSettings } from "../../src/monitor/installation/settings.ts";
import { DESKTOP, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

t.test("what is not saved stands in a bar, and can be put back", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.visit(t, "/settings", DESKTOP);
  const bar = page.locator(".settings-bar");
  t.notOk(await bar.isVisible());
  await page.fill("#unreachableAfterPolls", "3");
  await bar.getByText("Не сохранено:").waitFor();
  t.match(await bar.textContent(), "Неудачных опросов до «Нет связи»: 2 → 3");
  await page.fill("#staleAfterMinutes", "15");
  t.match(await bar.textContent(), /2 → 3, .*: 10 → 15/);
  await page.click("text=вернуть 2");
  t.equal(await page.inputValue("#unreachableAfterPolls"), "2");
  t.notMatch(await bar.textContent(), "2 → 3");
  await page.click("text=Сохранить");
  await page.locator('[role=status] >> text="Сохранено"').waitFor();
  t.match(page.url(), /\/settings\/polling\?saved=1$/);
  t.equal((await readSettings(monitor.app.database.db)).staleAfterMs, 900_000);
  await page.fill("#staleAfterMinutes", "20");
  await page.click("text=Отмена");
  t.equal(await page.inputValue("#staleAfterMinutes"), "15");
  t.notOk(await bar.isVisible());
});

t.test(
  "on a phone the menu is a page of its own, and what is wrong stands on the page of its field",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const page = await monitor.visit(t, "/settings", PHONE);
    t.notOk(await page.locator("form.settings").isVisible());
    await page.tap("text=Опрос и состояния");
    await page.waitForURL(/\/settings\/polling$/);
    t.notOk(await page.locator(".settings-menu").isVisible());
    await page.fill("#pollIntervalSeconds", "1");
    await page.tap("text=Сохранить");
    await page.locator("#problem-pollIntervalSeconds").waitFor();
    t.ok(await page.locator(".settings-bar").isVisible(), "it still is not saved");
    await page.tap("text=‹ Настройки");
    await page.locator(".settings-menu").waitFor();
  },
);
