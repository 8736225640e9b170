/// <reference lib="dom" />
import t from "tap";
import { addUser, findUserByLogin } from "../../src/monitor/access/users.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { PHONE, refreshUntil } from "../helpers/browser.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { type LiveMonitor, startLiveMonitor } from "../helpers/live-monitor.ts";
import { getMenu } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";

const LONG_NAME = "Константинопольская-Преображенская Александра";

/** Somebody else has a POS server, for as long as can be: a colleague with the right, or a job would end it. */
async function addAcknowledgement({ db }: LiveMonitor, posServerId: number, userName = LONG_NAME) {
  const now = Date.now();
  const colleague = { login: "colleague", name: userName, isAdministrator: true, passwordHash: null };
  const known = await findUserByLogin(db, colleague.login);
  const userId = known?.id ?? (await addUser(db, colleague, now));
  const terms = { note: "слово".repeat(40), takenAt: now, endsAt: now + 2 * DAY_MS };
  const acknowledgement = { posServerId, userId, userName, ...terms };
  await db.insertInto("acknowledgement").values(acknowledgement).execute();
}

t.test("in the dialog a refused form keeps what was typed, and a right one leads to the page", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12", address: null });
  const page = await monitor.visit(t, `/pos-servers/${id}`);
  await page.click(".acknowledgement-card >> text=С комментарием");
  await page.locator(".dialog[open] #until:focus").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.closest(".acknowledgement-card"));
  await page.click('.known [href$="/restaurant-note/new"]');
  await page.fill(".dialog #phone", "нет");
  await page.fill(".dialog #person", "Мария");
  await page.click(".dialog .button-primary");
  await page.waitForSelector(".dialog #problem-phone");
  t.equal(await page.evaluate(() => document.activeElement?.id), "phone");
  t.equal(await page.inputValue(".dialog #person"), "Мария");
  await page.fill(".dialog #phone", "112");
  await page.click(".dialog .button-primary");
  await page.waitForSelector(".notes-card a[href='tel:112']");
  await page.click(".acknowledgement-card >> text=С комментарием");
  await page.fill(".dialog #note", "жду");
  await page.click(".dialog .button-primary");
  await page.waitForSelector(".acknowledgement-card >> text=Закончить");
  t.equal(await page.locator("dialog[open]").count(), 0, "the dialog has done its work");
  await page.click(".acknowledgement-card >> text=Изменить");
  await page.fill(".dialog #note", "я".repeat(201));
  await page.click(".dialog .button-primary");
  await page.waitForSelector(".dialog #problem-note");
  await page.fill(".dialog #note", "еду туда");
  await page.click(".dialog .button-primary");
  await page.waitForSelector(".acknowledgement-card >> text=еду туда");
  t.equal(await page.locator("dialog[open]").count(), 0);
  t.equal((await recordedEvents(monitor.app.database.db, "taking_change")).length, 1);
});

t.test("whoever takes a POS server or ends it stays where the page was", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  const page = await monitor.visit(t, `/pos-servers/${id}`, { viewport: { width: 900, height: 300 } });
  for (const [pressed, then] of [
    ["Занимаюсь", "Закончить"],
    ["Закончить", "Занимаюсь"],
  ]) {
    const button = page.locator(`.acknowledgement-card button >> text=${pressed}`);
    await button.scrollIntoViewIfNeeded();
    const scrolled = await page.evaluate(() => scrollY);
    t.ok(scrolled > 0);
    await button.click();
    await page.waitForSelector(`.acknowledgement-card >> text=${then}`);
    await page.waitForFunction((place) => scrollY === place, scrolled);
    t.equal(await page.locator("dialog[open]").count(), 0);
  }
});

t.test(
  "whoever is slower is asked; a refresh shows who has it, and leaves alone what was chosen",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const id = await monitor.addPosServer({ address: null });
    const page = await monitor.visit(t, `/pos-servers/${id}`);
    const last = await page.locator(".acknowledgement-card option").last().getAttribute("value");
    await page.selectOption(".acknowledgement-card select", last);
    await monitor.report(id, { error: "boom" });
    await refreshUntil(page, async () => ((await page.textContent(".state-card")) ?? "").includes("boom"));
    t.equal(await page.inputValue(".acknowledgement-card select"), last);
    await page.route(
      (url) => url.pathname.endsWith("/takings"),
      async (route) => {
        await addAcknowledgement(monitor, id, "Анна Иванова");
        await route.continue();
      },
      { times: 1 },
    );
    await page.click(".acknowledgement-card button >> text=Занимаюсь");
    await page.getByText("Сейчас этим занимается Анна Иванова").waitFor();
    await page.keyboard.press("Escape");
    await refreshUntil(page, async () =>
      ((await page.textContent(".acknowledgement-card")) ?? "").includes("Анна Иванова"),
    );
    t.equal(await page.locator(".acknowledgement-card select").count(), 0);
  },
);

t.test("no row of the list is higher for it", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const { synced, ...others } = ids;
  for (const id of [...Object.values(others), ...synced]) await addAcknowledgement(monitor, id);
  const page = await monitor.visit(t, "/pos-servers");
  for (const width of [1000, 1200, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    await page.locator(".acknowledgement:visible").nth(8).waitFor();
    const rows = page.locator("tbody tr");
    const heights = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
    t.equal(heights.length, 9, `${width}`);
    t.ok(Math.max(...heights) <= 50, `${width}: ${heights}`);
  }
});

t.test("a row is taken at once, where it stands; of who has it already the dialog asks", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  await addAcknowledgement(monitor, ids.stale, "Пётр");
  const wide = { viewport: { width: 1920, height: 900 } };
  const page = await monitor.visit(t, "/pos-servers?sort=name", wide);
  const row = page.locator(`#pos-server-${ids.syncError}`);
  await row.locator(".take").click();
  await row.locator(".cell-others .acknowledgement:visible").waitFor();
  t.match(page.url(), /\?sort=name$/);
  t.equal(await page.locator("dialog[open]").count(), 0);
  t.equal(await row.locator(".take").count(), 0);

  await page.click(`#pos-server-${ids.outdated} .others-button`);
  await page.click("#row-menu >> text=Занимаюсь");
  await page.locator(`#pos-server-${ids.outdated} .acknowledgement:visible`).waitFor();
  t.equal(await page.locator(".others:popover-open").count(), 0);
  t.equal((await recordedEvents(monitor.db, "taking_begin")).length, 2);

  await page.click(`#pos-server-${ids.stale} .others-button`);
  await page.click("#row-menu >> text=Кто занимается");
  await page.locator("dialog[open] >> text=Сейчас этим занимается Пётр").waitFor();
  await page.click("dialog[open] .button-primary");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page
    .locator(`#pos-server-${ids.stale} .acknowledgement[title^=Test]`)
    .first()
    .waitFor({ state: "attached" });
  t.match(page.url(), /\?sort=name$/, "what is done in the dialog leaves the list where it is");

  await page.click(`#pos-server-${ids.outdated} .others-button`);
  await page.click("#row-menu >> text=Кто занимается");
  await page.click("dialog[open] >> text=Закончить");
  await page.locator(`#pos-server-${ids.outdated} .acknowledgement`).first().waitFor({ state: "detached" });
});

t.test("without JavaScript «⋯» leads to the page, where all that the menu has stands", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "boom" });
  const page = await monitor.visit(t, "/pos-servers?sort=name", { ...PHONE, javaScriptEnabled: false });
  await page.tap(`#pos-server-${id} .others-button`);
  await page.waitForURL(new RegExp(`/pos-servers/${id}\\?sort=name$`));
  const hrefs = await page
    .locator("main a[href]")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const menu = await getMenu(monitor.app, id);
  const links = [...menu.matchAll(/data-dialog href="([^"]+)"/g)].map(([, url = ""]) => url);
  t.equal(links.length, 5);
  for (const url of links) t.ok(hrefs.includes(url), url);
  t.match(menu, "Проверить связь");
  await page.getByRole("button", { name: "Другие действия" }).tap();
  await page.locator("[form=poll-form]:visible").first().waitFor();
  await page.locator("a:visible >> text=Занимаюсь").first().waitFor();
});

t.test("on a phone the list says who has it, and the page leads to «Занимаюсь»", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  await addAcknowledgement(monitor, ids.serviceStopped, "Анна Иванова");
  await addRow(monitor.app.database.db, "restaurantNote", {
    posServerId: ids.syncError,
    phone: "112",
    userName: "Анна",
    changedAt: Date.now(),
  });
  const page = await monitor.visit(t, "/pos-servers", PHONE);
  await page.tap(`#pos-server-${ids.syncError} .others-button`);
  const call = page.locator('#row-menu a[href="tel:112"]');
  t.match(await call.textContent(), /^Позвонить в ресторан\s+112$/);
  await page.keyboard.press("Escape");
  const taken = page.locator(`#pos-server-${ids.serviceStopped} .acknowledgement:visible`);
  t.match(await taken.textContent(), /Анна\s+· до/);
  await page.goto(`${monitor.url}/pos-servers/${ids.syncError}`);
  const quick = page.locator(".quick-actions a");
  t.same(await quick.allTextContents(), ["Ресторан", "Занимаюсь"]);
  t.equal(await quick.first().getAttribute("href"), "tel:112");
});
