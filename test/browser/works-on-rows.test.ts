/// <reference lib="dom" />
import t from "tap";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { DESKTOP, PHONE, refreshUntil } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

/** Two POS servers, of which the first does not answer until told. */
async function start(t: Parameters<typeof startLiveMonitor>[0]) {
  const state = { isReachable: false };
  const client = createScriptedClient(({ id }): StatusOutcome => {
    if (id === 1 && !state.isReachable) return failed(Date.now(), "connect_refused", "ECONNREFUSED");
    return received(Date.now());
  });
  const monitor = await startLiveMonitor(t, { client });
  await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const [id, other] = [await monitor.addPosServer({ name: "Арбат, 5" }), await monitor.addPosServer()];
  await monitor.report(id);
  await monitor.fail(id);
  await monitor.report(other);
  return { monitor, state, id, other };
}

for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  t.test(`what «Проверить связь» found stands over the list, then in it, on a ${name}`, async (t) => {
    const { monitor, state, id } = await start(t);
    const page = await monitor.visit(t, "/pos-servers?sort=-name", device);
    const row = page.locator(`#pos-server-${id}`);
    const topOf = async () => (await row.boundingBox())?.y;
    const before = await topOf();
    await row.getByRole("button", { name: "Проверить связь" }).click();
    const notice = page.locator("#notice .line");
    await page.locator("#notice .line-problem").waitFor();
    t.match(await notice.textContent(), /Арбат, 5.*POS-сервер не принимает соединения/s);
    t.equal(await topOf(), before);
    const box = await notice.boundingBox();
    t.ok(box && box.y > (before ?? 0) && box.y + box.height <= device.viewport.height, "it is in sight");

    await notice.getByRole("link", { name: "Закрыть" }).click();
    await notice.waitFor({ state: "detached" });
    t.equal(await topOf(), before);
    t.match(page.url(), /\/pos-servers\?sort=-name$/);
    t.equal(await page.evaluate(() => document.activeElement?.id), "content");

    state.isReachable = true;
    await row.getByRole("button", { name: "Проверить связь" }).click();
    await page.locator("#notice .answer-ok").waitFor();
    await refreshUntil(page, async () => (await row.getAttribute("data-state")) === "synced");
    t.match(await row.textContent(), /Синхронизирован.*восстановлен/s);
    t.match(await page.textContent("#headline"), /Проблем нет.*1 восстановился/s);
  });
}

t.test("on a phone the menu of a row is a sheet, which outlives a refresh", async (t) => {
  const { monitor, id, other } = await start(t);
  const page = await monitor.visit(t, "/pos-servers?sort=-name", PHONE);
  const opener = page.locator(`#pos-server-${id}`).getByRole("link", { name: "Другие действия" });
  const menu = page.locator("#row-menu:popover-open");
  const link = menu.getByRole("link", { name: "Получить логи" });
  await opener.tap();
  await link.waitFor();
  const sheet = await menu.boundingBox();
  t.equal(sheet && sheet.y + sheet.height, PHONE.viewport.height, "from below");

  await monitor.report(other, { error: "boom" });
  await refreshUntil(
    page,
    async () => (await page.getAttribute(`#pos-server-${other}`, "data-state")) === "sync_error",
  );
  t.ok(await link.isVisible(), "it is still open");
  t.equal(await opener.getAttribute("aria-expanded"), "true");
  await link.tap();
  await page.locator("#dialog[open]").waitFor();
  await page.locator("#dialog .dialog-cross").tap();
  await page.locator("#dialog[open]").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("others-button"));
});

t.test("the menu of a row opens and closes by keyboard and by its button, whose focus stays", async (t) => {
  const { monitor, id, other } = await start(t);
  const page = await monitor.visit(t, "/pos-servers");
  const openerOf = (of: number) => page.locator(`#pos-server-${of} .others-button`);
  const menu = page.locator("#row-menu:popover-open");
  await openerOf(id).press("Enter");
  await menu.waitFor();
  await page.keyboard.press("Tab");
  t.match(await page.evaluate(() => document.activeElement?.closest("#row-menu")?.textContent), /Арбат, 5/);
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  t.equal(await openerOf(id).evaluate((opener) => opener === document.activeElement), true);
  t.equal(await openerOf(id).getAttribute("aria-expanded"), null);

  await page.keyboard.press(" ");
  await menu.waitFor();
  await openerOf(id).click();
  await menu.waitFor({ state: "detached" });
  await openerOf(id).click();
  await menu.waitFor();
  await openerOf(other).press("Enter");
  await page.locator("#row-menu:popover-open >> text=Синхронизирован").waitFor({ state: "attached" });
  t.equal(await openerOf(id).getAttribute("aria-expanded"), null);

  // Also on a page that has not heard of its server for a while.
  await page.evaluate(() => document.getElementById("freshness")?.setAttribute("data-heard-at", "0"));
  await menu.getByRole("link", { name: "Получить логи" }).click();
  await page.locator("#dialog[open]").waitFor();
  t.match(page.url(), /\/pos-servers$/);
});

t.test("«/» leads to the search, «?» says which keys there are, Escape closes a menu", async (t) => {
  const { monitor } = await start(t);
  const page = await monitor.visit(t, "/pos-servers");
  await page.keyboard.press("Tab");
  t.match(await page.evaluate(() => document.activeElement?.textContent), /К содержанию/);
  await page.keyboard.press("/");
  t.equal(await page.evaluate(() => document.activeElement?.id), "q");
  await page.keyboard.type("a/b?");
  t.equal(await page.inputValue("#q"), "a/b?");
  await page.focus(".brand");
  await page.keyboard.press("?");
  await page.waitForURL(/\/help#keys$/);
  t.ok(await page.locator("#keys").isVisible());

  await page.goto(`${monitor.url}/pos-servers`);
  await page.click(".saved-views summary");
  const inMenu = page.getByRole("link", { name: "Сохранить этот вид" });
  await inMenu.focus();
  await page.keyboard.press("Escape");
  t.notOk(await inMenu.isVisible());
  t.match(await page.evaluate(() => document.activeElement?.textContent), /Виды/, "the focus is back");
});

t.test("the number of problems stands in the title and icon of the tab, and follows", async (t) => {
  const { monitor, other } = await start(t);
  const page = await monitor.visit(t, "/pos-servers");
  t.equal(await page.title(), "(1) Состояние POS-ов · Администрирование · Poswatch");
  await monitor.report(other, { error: "boom" });
  await refreshUntil(
    page,
    async () => (await page.title()) === "(2) Состояние POS-ов · Администрирование · Poswatch",
  );
  const icon = await page.getAttribute("link[rel=icon]", "href");
  t.equal(icon, "/pos-servers/icon.svg?problems=2");
  const drawn = await page.request.get(`${monitor.url}${icon}`);
  t.match(drawn.headers()["content-type"], "image/svg+xml");
  t.match(await drawn.text(), />2<\/text>/);
});

t.test("while the server is gone no click leads to an error page, and later all work", async (t) => {
  const { monitor, id } = await start(t);
  const page = await monitor.visit(t, "/pos-servers");
  const isAsked = () => page.waitForEvent("requestfailed", (request) => request.url().endsWith("/healthz"));
  await page.context().setOffline(true);
  await page.click(`#pos-server-${id} .others-button`);
  await page.locator("#dialog[open] #dialog-problem").waitFor();
  t.match(await page.textContent("#dialog-problem"), /связ/);
  await page.keyboard.press("Escape");
  // A page that was answered a moment ago does not doubt its server.
  await page.locator("#disconnected:visible").waitFor();
  const askedByLink = isAsked();
  await page.locator("a.excel-button").click();
  await askedByLink;
  await page.locator(`#pos-server-${id} .step`).click();
  await page.locator("#dialog[open] #dialog-problem").waitFor();
  await page.keyboard.press("Escape");
  await page.click("#segment-synced");
  await page.press("#q", "Enter");
  await page.locator("#disconnected:visible").waitFor();
  t.match(page.url(), /\/pos-servers$/);
  await page.locator(".menu-user summary").click();
  const asked = isAsked();
  await page.getByRole("button", { name: "Выйти" }).click();
  await asked;
  t.ok(await page.getByRole("button", { name: "Выйти" }).isVisible());
  await page.context().setOffline(false);
  await page.click("#segment-synced");
  await page.waitForURL(/state=synced/);
  await page.locator(".menu-user summary").click();
  await page.getByRole("button", { name: "Выйти" }).click();
  await page.waitForURL(/\/login/);
});

t.test("«Проверить связь у всех» polls all with a common cause and says how it went", async (t) => {
  const { monitor, state } = await start(t);
  state.isReachable = true;
  for (let count = 0; count < 30; count++) {
    await monitor.fail(await monitor.addPosServer(), "connect_refused", "ECONNREFUSED");
  }
  const page = await monitor.visit(t, "/pos-servers");
  await page.getByRole("button", { name: "Проверить связь у всех" }).click();
  // On a busy machine the monitor's own polls may come in between and find some of them back.
  await page
    .locator("dialog[open]")
    .getByText(/Готово (\d+) из \1/)
    .waitFor();
  await page.keyboard.press("Escape");
  const left = page.locator(".cause[data-left]");
  await refreshUntil(page, async () => (await left.count()) === 1);
  await page.click(".list-change");
  await page.locator(".cause").waitFor({ state: "detached" });
});

t.test("a cause without room in its row is read whole, and a refresh leaves it open", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  const error = `Ошибка обмена: ${"очень длинное объяснение, ".repeat(12)}конец.`;
  await monitor.report(id, { error });
  for (const device of [DESKTOP, PHONE]) {
    const page = await monitor.visit(t, "/pos-servers", device);
    const reason = page.locator(`#pos-server-${id} .reason`);
    const text = reason.locator("span");
    t.ok(await text.evaluate((cut) => cut.scrollHeight > cut.clientHeight), "it is cut");
    await reason.press("Enter");
    const whole = page.locator("#reason:popover-open");
    await whole.waitFor();
    t.match(await whole.textContent(), error);
    const other = await monitor.addPosServer();
    await page.locator("#freshness").dispatchEvent("refresh");
    await page.locator(`#pos-server-${other}`).waitFor({ state: "attached" });
    t.ok(await whole.isVisible());
    await page.keyboard.press("Escape");
    await whole.waitFor({ state: "detached" });
  }
});
