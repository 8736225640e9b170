/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

const browser = await launchBrowser();

t.test("after a refusal the focus is on the first wrong field, also within what was folded", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addOrganization();
  const page = await monitor.openPage(t, browser, DESKTOP);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  await page.goto(`${monitor.url}/settings`);
  await page.fill("#staleAfterMinutes", "x");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.locator("#problem-staleAfterMinutes").waitFor();
  t.equal(await focused(), "staleAfterMinutes");

  await page.goto(`${monitor.url}/organizations/${id}/pos-servers/new`);
  await page.fill("#name", "Мира, 5");
  await page.locator("details summary", { hasText: "Нет строки подключения?" }).click();
  await page.fill("#address", "https://10.1.1.1:8443");
  await page.getByRole("button", { name: "Добавить" }).click();
  await page.locator("#problem-token").waitFor();
  t.equal(await focused(), "token");

  await page.fill("#address", "");
  await page.fill("#pairingString", "");
  await page.getByRole("button", { name: "Добавить" }).click();
  await page.getByText("укажите ниже адрес и токен").waitFor();
  t.ok(await page.locator("#address").isVisible(), "the fold that the message names stays open");
});

t.test("the picker says how many it does not show", async (t) => {
  const monitor = await startLiveMonitor(t);
  for (let number = 1; number <= 300; number++) await monitor.addOrganization(`Кафе № ${number}`);
  const page = await monitor.visit(t, "/audit");
  const find = page.locator("#organization-find");
  await find.click();
  const note = page.locator("#organization-list .options-note");
  t.equal(await note.textContent(), "Показаны 50 из 301, уточните поиск");
  await find.fill("Кафе № 29");
  t.equal(await page.locator("#organization-list [role=option]").count(), 11, "11 names hold that");
  t.equal(await note.count(), 0);
  await find.fill("Кафе № 2");
  t.equal(await note.textContent(), "Показаны 50 из 111, уточните поиск");
  await note.dispatchEvent("pointerdown");
  t.ok(await note.isVisible(), "it is no choice");
  await find.press("ArrowUp");
  await find.press("Enter");
  t.match(await find.inputValue(), /Кафе № 2/);
});

t.test("on a phone a wrong period leaves the sheet of the filter open, and says what is wrong", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.addPosServer();
  const page = await monitor.visit(t, "/pos-servers", PHONE);
  await page.getByRole("button", { name: "Фильтр" }).click();
  await page.fill("#period", "много");
  await page.click("#filter-submit");
  await page.locator("#filter:popover-open .field-period #problem-period").waitFor();
  await page.locator("#period:focus").waitFor();
  t.equal(await page.inputValue("#period"), "много");
  await page.setViewportSize(DESKTOP.viewport);
  await page.reload();
  await page.locator("#q").waitFor();
  t.equal(await page.locator("#filter:popover-open").count(), 0, "nothing is folded where there is room");
});
