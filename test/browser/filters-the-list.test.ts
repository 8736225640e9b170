/// <reference lib="dom" />
import t from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { DESKTOP, launchBrowser, PHONE, refreshUntil } from "../helpers/browser.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("a phone shows cards, first what is wrong, and a filter that a thumb can use", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers", PHONE);
  t.equal(await page.locator("thead").isVisible(), false);
  t.equal(await page.locator("#q").isVisible(), false);
  const first = await page.locator("tbody tr").first().boundingBox();
  t.ok(first && first.y <= 180, "the first failing card is at the top");

  const card = page.locator(`#pos-server-${ids.syncError}`);
  const box = await card.boundingBox();
  t.ok(box && box.width > 340 && box.x < 20, "a card is as wide as the phone");
  t.match(await card.textContent(), /Ошибка синхронизации.*Тверская, 12/s);

  await page.getByRole("button", { name: "Фильтр" }).tap();
  await page.tap("label.check");
  for (const control of await page.locator(".status-form :is(input, select, button):visible").all()) {
    if ((await control.getAttribute("type")) === "checkbox") continue;
    const height = (await control.boundingBox())?.height ?? 0;
    t.ok(height >= 44, "a control is high enough for a thumb");
  }
  await page.tap(".status-form button");
  await page.waitForURL(/hideSynced=1/);
  t.equal(await page.locator(".bar-icon[data-set]").count(), 1, "a dot says that a condition is set");
  t.equal(await page.locator('tr[data-state="synced"]').count(), 0);
  t.equal(await page.locator(`#pos-server-${ids.syncError}`).count(), 1);
});

t.test("on a phone the chosen segment is in sight", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.openPage(t, await launchBrowser(), PHONE);
  for (const state of ["sync_error", "synced"]) {
    await page.goto(`${monitor.url}/pos-servers?state=${state}`);
    const chosen = page.locator(".segments [aria-current]");
    await waitFor(async () => {
      const { x = -1, width = 0 } = (await chosen.boundingBox()) ?? {};
      return x >= 0 && x + width <= PHONE.viewport.width;
    });
    t.match(await chosen.getAttribute("href"), state);
  }
});

t.test("a segment from «ещё» joins the others without hiding one of them", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  await setParked(monitor.app.database.db, ids.pending, true, monitor.clock());
  for (const width of [1280, 1440]) {
    const page = await monitor.visit(t, "/pos-servers", { viewport: { width, height: 900 } });
    await page.click(".segment-more");
    await page.click("#segment-parked");
    await page.waitForURL(/scope=parked/);
    t.equal(await page.locator("#segments > #segment-parked[aria-current]").count(), 1);
    const row = page.locator("#segments");
    const hidden = await row.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    t.equal(hidden, 0, `pixels out of sight at ${width}`);
    const parked = page.locator("tr[data-parked] .cell-state .state");
    const border = await parked.evaluate((state) => getComputedStyle(state, "::before").borderTopWidth);
    t.equal(border, "0px", "its symbol is the dash of parked POS servers alone");
  }
});

t.test("without JavaScript the filter, the order and the language still work", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers", { ...DESKTOP, javaScriptEnabled: false });
  t.match(await page.textContent(".freshness-text"), /^обновлено в \d\d:\d\d$/);
  t.match(await page.content(), /<meta http-equiv="refresh" content="60">/);

  await page.check("input[name=hideSynced]");
  await page.click("button.button-primary");
  t.match(page.url(), /hideSynced=1/);
  t.equal(await page.locator('tr[data-state="synced"]').count(), 0);
  await page.click("#sort-name");
  t.match(page.url(), /sort=name/);
  t.equal(await page.locator(".cell-name .name").first().textContent(), "Лиговский, 30");
  await page.click(".menu-user summary");
  await page.click("text=English");
  t.match(await page.textContent("h1"), /problems/);
  t.match(page.url(), /sort=name/, "the language changes on the page where one is");
});

t.test("with hundreds of organizations one is found by typing", async (t) => {
  const monitor = await startLiveMonitor(t);
  for (let number = 1; number <= 120; number++) await monitor.addOrganization(`ООО «Ресторан ${number}»`);
  const organizationId = await monitor.addOrganization("Чайная «Ёлка»");
  const id = await monitor.addPosServer({ organizationId, address: null });
  await monitor.addPosServer({ address: null });
  const page = await monitor.visit(t, "/pos-servers?list=1");
  await page.locator("#organization-find").waitFor();
  const field = page.getByRole("combobox", { name: "Организация" });
  t.equal(await page.locator("#organization option").count(), 1, "the page itself has none of them");
  await field.click();
  await field.fill("елка");
  await page.locator("#organization-list [role=option]").waitFor();
  t.equal(await page.locator("#organization-list [role=option]").count(), 1);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`organization=${organizationId}`));
  await page.locator("#organization-find").waitFor();
  t.match(await field.inputValue(), /Чайная «Ёлка»/);
  const ids = await page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => row.id));
  t.same(ids, [`pos-server-${id}`]);
});

t.test("a phone folds what works and leads to what can wait; the search opens with its field", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers", { ...PHONE, viewport: { width: 390, height: 600 } });
  const fine = page.locator(`#pos-server-${ids.synced[0]}`);
  t.notOk(await fine.isVisible());
  t.notOk(await page.locator(`#pos-server-${ids.pending}`).isVisible());
  t.match(await page.textContent(".later"), /Ожидает опроса.*· 1/s);
  const fold = await page.locator("#fine").boundingBox();
  t.equal(fold && Math.round(fold.y + fold.height), 600, "it sticks to the bottom");
  await page.locator("#fine summary").tap();
  t.ok(await fine.isVisible());

  await monitor.report(ids.synced[1] ?? 0, { error: "boom" });
  await refreshUntil(page, async () => (await page.textContent("#fine-count")) === "3");
  t.ok(await fine.isVisible(), "a refresh leaves it open");

  await page.getByRole("button", { name: "Поиск по названию" }).tap();
  await page.waitForFunction(() => document.activeElement?.id === "q");
});

t.test("the top bar has room for a long name: nothing in it stands on something else", async (t) => {
  const monitor = await startLiveMonitor(t);
  const browser = await launchBrowser();
  const page = await monitor.openPage(t, browser, DESKTOP);
  const name = "Константинопольский-Преображенский Александр Александрович";
  await monitor.app.database.db.updateTable("user").set({ name }).execute();
  for (const language of ["ru", "en"]) {
    await page.context().addCookies([{ name: "language", value: language, url: monitor.url }]);
    await page.goto(`${monitor.url}/audit`);
    for (const width of [320, 390, 760, 1024, 1199, 1200, 1279, 1280, 1440]) {
      await page.setViewportSize({ width, height: 600 });
      const found = await page.evaluate(() => {
        const parts = [...document.querySelectorAll(".brand, .section, .top-bar summary")];
        const boxes = parts
          .filter((part) => part.checkVisibility())
          .map((part) => part.getBoundingClientRect())
          .sort((one, other) => one.left - other.left);
        const height = document.querySelector(".top-bar")?.getBoundingClientRect().height ?? 0;
        return {
          overlaps: boxes.filter((box, index) => box.right > (boxes[index + 1]?.left ?? innerWidth)).length,
          isOneLine: height < 60,
        };
      });
      t.same(found, { overlaps: 0, isOneLine: true }, `${width} px, ${language}`);
    }
  }
});
