import t from "tap";
import { readSettings } from "../../src/monitor/installation/settings.ts";
import { DESKTOP, launchBrowser, PHONE, refreshUntil } from "../helpers/browser.ts";
import { addChannel, breakChannel } from "../helpers/channels.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

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
  await page.getByRole("link", { name: "Закрыть" }).click();
  await page.reload();
  t.match(page.url(), /\/settings\/polling$/);
  t.equal(await page.locator(".line").count(), 0, "a notice that is closed does not come back");
  t.equal((await readSettings(monitor.app.database.db)).staleAfterMs, 900_000);
  await page.fill("#staleAfterMinutes", "20");
  await page.click("text=Отмена");
  t.equal(await page.inputValue("#staleAfterMinutes"), "15");
  t.notOk(await bar.isVisible());
});

t.test("on a phone the menu is a page, and what is wrong stands on the page of its field", async (t) => {
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
});

t.test("the count follows what is typed and ticked, and only saving saves", async (t) => {
  const monitor = await startLiveMonitor(t);
  const other = await monitor.addOrganization("Пекарня №1");
  const [first = 0] = await addExchanging(monitor, 1, [await monitor.addOrganization("Суши Маркет")]);
  await monitor.report(first, { error: "Unknown failure" });
  const id = await addChannel(monitor);
  const page = await monitor.visit(t, `/channels/${id}/rules/new`);
  const says = async (text: string) =>
    await waitFor(async () => (await page.textContent("#would-tell"))?.includes(text) ?? false);
  await says("таких инцидентов нет");
  await page.fill("[name=afterMinutes]", "0");
  await page.locator("[name=afterMinutes]").blur();
  await says("сработало бы: 1 инцидент");
  await page.click("text=Все нынешние и будущие организации");
  await says("исправьте поля");
  await page.check(`[name=organization][value="${other}"]`);
  await says("таких инцидентов нет");
  await page.click("text=Отметить все");
  await says("сработало бы: 1 инцидент");
  await page.fill("[name=tags]", "Москва");
  await page.getByRole("button", { name: "Посчитать" }).click();
  await says("таких инцидентов нет");
  t.equal(new URL(page.url()).pathname, `/channels/${id}/rules/new`, "the page stays");
  t.equal(await page.inputValue("[name=tags]"), "Москва");
  await page.locator("[name=afterMinutes]").press("Enter");
  await page.waitForURL(`**/channels/${id}`);
  t.match(await page.textContent(".channel-rules"), /Пекарня №1, Суши Маркет · теги: Москва/);
});

t.test("the line about what fails comes and goes on an open status page", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const id = await addChannel(monitor);
  const page = await monitor.visit(t, "/pos-servers");
  const line = page.locator("#page-notices .line");
  t.equal(await line.count(), 0);
  await breakChannel(monitor, id);
  await refreshUntil(page, async () => (await line.count()) === 1);
  t.match(await line.textContent(), "Не доходят сообщения: «Канал email»");
  await monitor.app.database.db.updateTable("channel").set({ failingSince: null }).execute();
  await refreshUntil(page, async () => (await line.count()) === 0);
});

const FORMS = [
  ["/users/new", { login: "petr", name: "Пётр" }],
  ["/settings/wall/tokens/new", { name: "Диспетчерская" }],
  ["/settings/api/tokens/new", { name: "Служба поддержки" }],
] as const;

t.test("organizations ticked one by one, or all found, stay ticked when the form is sent", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids: number[] = [];
  for (const name of ["Пекарня", "Кофе", "Кафе у реки"]) ids.push(await monitor.addOrganization(name));
  const [first = 0, second = 0, third = 0] = ids;
  for (const [url, fields] of FORMS) {
    const page = await monitor.visit(t, url);
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
    await page.getByLabel("Пекарня").check();
    await page.fill("#rights-search", "каф");
    await page.press("#rights-search", "Enter");
    t.ok(page.url().endsWith(url), "Enter there sends nothing");
    await page.getByRole("button", { name: "Отметить все" }).click();
    await page.locator("form.rights .sheet-actions button").click();
    await page.locator("form.rights").waitFor({ state: "detached" });
    t.same((await readTicked(url)).sort(), [first, third], `${url}: ${second} was not ticked`);
  }

  async function readTicked(url: string): Promise<number[]> {
    if (url === "/users/new") {
      const rows = await monitor.db.selectFrom("userOrganization").select("organizationId").execute();
      return rows.map(({ organizationId }) => organizationId);
    }
    const tokens = monitor.db.selectFrom("accessToken").select("organizationIds").orderBy("id", "desc");
    const { organizationIds } = await tokens.executeTakeFirstOrThrow();
    return organizationIds?.split(" ").map(Number) ?? [];
  }
});
