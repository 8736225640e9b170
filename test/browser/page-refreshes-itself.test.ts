/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, launchBrowser, refreshUntil } from "../helpers/browser.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

const REFRESHES = '[hx-trigger^="every"]';

t.test("a change reaches the page without losing focus, typed text, selection or scroll", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers", { viewport: { width: 1440, height: 400 } });
  const row = page.locator(`#pos-server-${ids.synced[0]}`);
  t.equal(await row.getAttribute("data-state"), "synced");

  await page.fill("#q", "напечатано наполовину");
  await page.evaluate(() => {
    scrollTo(0, 120);
    const name = document.querySelector(".cell-name .name");
    if (name) getSelection()?.selectAllChildren(name);
    document.getElementById("q")?.focus({ preventScroll: true });
  });
  const error = "Превышено время ожидания ответа главного сервера (30 с)";
  await monitor.report(ids.synced[0] ?? 0, { error });
  await refreshUntil(page, async () => (await row.getAttribute("data-state")) === "sync_error");

  t.match(await row.textContent(), /Ошибка синхронизации.*Главный сервер не ответил вовремя/s);
  t.equal(await page.inputValue("#q"), "напечатано наполовину");
  t.equal(await page.evaluate(() => document.activeElement?.id), "q");
  t.equal(await page.evaluate(() => scrollY), 120);
  t.equal(await page.locator("#segment-sync_error b").textContent(), "2");
});

t.test("a refresh in which nothing shown changed is answered with 304 and moves nothing", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const browser = await launchBrowser();
  const page = await monitor.openPage(t, browser, DESKTOP);
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.request().headers()["hx-request"]) statuses.push(response.status());
  });
  await page.goto(`${monitor.url}/pos-servers`);
  await page.evaluate(() => {
    const table = document.getElementById("below-filter");
    if (table)
      new MutationObserver(() => document.body.setAttribute("data-moved", "")).observe(table, {
        childList: true,
        subtree: true,
      });
  });
  await monitor.report(ids.synced[1] ?? 0);
  // On a busy machine the monitor's own polls may come in between and change what is shown.
  await waitFor(async () => {
    statuses.length = 0;
    await page.evaluate(() => document.body.removeAttribute("data-moved"));
    await page.locator(REFRESHES).dispatchEvent("refresh");
    await waitFor(() => statuses.length === 1);
    return statuses[0] === 304;
  });
  await page.waitForFunction(
    () => document.querySelector(".freshness-text")?.textContent === "обновлено только что",
  );

  t.equal(await page.getAttribute("body", "data-moved"), null);
});

t.test("a page whose server is gone says so, and recovers by itself", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers");

  await page.context().setOffline(true);
  await page.locator(REFRESHES).dispatchEvent("refresh");
  await page.locator("#disconnected:visible").waitFor();
  t.match(await page.textContent(".freshness-text"), /^связь с Poswatch потеряна в \d\d:\d\d$/);
  t.match(await page.textContent("#disconnected"), /Связь с Poswatch потеряна/);

  await page.context().setOffline(false);
  await page.locator(REFRESHES).dispatchEvent("refresh");
  await page.locator("#disconnected").waitFor({ state: "hidden" });
  t.match(await page.textContent(".freshness-text"), /^обновлено/);
});

t.test("an answer with an error is not swapped into the page", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  const page = await monitor.visit(t, "/pos-servers");

  await page.route("**/pos-servers*", (route) => route.fulfill({ status: 500, body: "broken" }));
  await page.locator(REFRESHES).dispatchEvent("refresh");
  await page.locator("#disconnected:visible").waitFor();
  t.ok(await page.locator(`#pos-server-${ids.syncError}`).isVisible());
  t.notMatch(await page.textContent("body"), /broken/);
});

t.test("ages go on by themselves and times are shown in the viewer's zone", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  const syncedAgoMs = 2 * 3_600_000 + 41 * 60_000 + 30_000;
  const syncedAt = Date.now() - syncedAgoMs;
  await monitor.report(id, { syncedAgoMs });
  const browser = await launchBrowser();
  const page = await monitor.openPage(t, browser, { ...DESKTOP, timezoneId: "Asia/Vladivostok" });
  await page.clock.install();
  await page.goto(`${monitor.url}/pos-servers`);

  const zone = { timeZone: "Asia/Vladivostok", hour: "2-digit", minute: "2-digit" } as const;
  const shownTime = new Intl.DateTimeFormat("ru", zone).format(syncedAt);
  await page.waitForFunction(() => document.documentElement.dataset.timeZone === "Asia/Vladivostok");
  t.ok((await page.textContent(".cell-sync small"))?.endsWith(shownTime));
  t.equal(await page.textContent(".cell-sync time"), "2\u00a0ч 41\u00a0мин");
  await page.context().setOffline(true); // else the page would follow the server's clock, which the test cannot move
  await page.clock.runFor("01:00");
  t.equal(await page.textContent(".cell-sync time"), "2\u00a0ч 42\u00a0мин");
});

t.test("a list that is read is neither folded nor moved when fifty rows come into one cause", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids: number[] = [];
  for (let index = 0; index < 60; index++) {
    ids.push(await monitor.addPosServer({ name: `Арбат, ${index}` }));
    await monitor.report(ids[index] ?? 0, {
      error: `отказ ${"абвгдежзик"[index % 10]}${"лмнопр"[index % 6]}`,
    });
  }
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  await page.clock.install();
  await page.goto(`${monitor.url}/pos-servers`);
  await page.evaluate(() => {
    const shifts = Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift" });
  });
  await page.mouse.wheel(0, 300);
  const inSight = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("tbody tr")].flatMap((row) => {
        const { top } = row.getBoundingClientRect();
        return top > 0 && top < innerHeight ? [`${row.id} ${top}`] : [];
      }),
    );
  await page.waitForFunction(() => scrollY === 300);
  const before = await inSight();
  // However long a busy machine takes, somebody reads on.
  let reads = 0;
  const read = () => page.mouse.move(700, 400 + (reads++ % 2));
  for (const id of ids.slice(5, 55)) {
    await read();
    await monitor.report(id, { error: "главный сервер не отвечает" });
  }
  await waitFor(async () => {
    await read();
    await page.locator(REFRESHES).dispatchEvent("refresh");
    return await page.locator(".list-change").isVisible();
  });
  t.same(await inSight(), before);
  t.equal(await page.evaluate(() => (window as unknown as { shift: number }).shift), 0);
  t.ok(before.length > 5);
  t.equal((await page.locator("tr[data-left]").count()) > 0, true, "what has left the list fades");
  let unchanged = 0;
  page.on("response", (response) => {
    if (response.status() === 304) unchanged++;
  });
  // The second request is sent when the page has done with the first answer.
  await refreshUntil(page, async () => {
    await read();
    return unchanged > 1;
  });
  t.ok(await page.locator(".list-change").isVisible(), "an unchanged list hides no change");
  // Nobody touches the page meanwhile. To move the clock while an answer is on its way would ask anew.
  await page.clock.runFor("00:40");
  await waitFor(async () => (await page.locator("tr[data-left]").count()) === 0);
  t.equal(await page.locator("tbody tr").first().getAttribute("class"), "cause");
});
