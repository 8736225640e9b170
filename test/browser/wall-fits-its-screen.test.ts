/// <reference lib="dom" />
import type { BrowserContextOptions, Page } from "playwright-core";
import t, { type Test } from "tap";
import { removeToken } from "../../src/monitor/access/stored-tokens.ts";
import { violations } from "../helpers/axe.ts";
import { launchBrowser, openPage, takeScreenshot } from "../helpers/browser.ts";
import { type LiveMonitor, startLiveMonitor } from "../helpers/live-monitor.ts";
import { addWallToken } from "../helpers/wall.ts";

const SCREENS = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
  { width: 3840, height: 2160 },
  { width: 1280, height: 1024 },
];
const SCREEN = { viewport: { width: 1920, height: 1080 } };
const LONG_ERROR =
  "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet), таблица 17";

/** A wall on which every place is taken, by names and texts that are too long for it. */
async function fillWall(monitor: LiveMonitor): Promise<void> {
  for (let number = 1; number <= 12; number++) {
    const name = `Проспект Сорокалетия Победоносных ${number}, 1${number}к2`;
    const id = await monitor.addPosServer({ name, address: null });
    const error = `${LONG_ERROR}${"абвгдежзиклм"[number]}`;
    await monitor.report(id, { error, syncedAgoMs: number * 7_777_777 });
  }
}

/** Opens the wall on a large screen, as whoever has its link. */
async function openWall(t: Test, monitor: LiveMonitor, options: BrowserContextOptions = {}) {
  const { url, id } = await addWallToken(monitor);
  const page = await openPage(t, await launchBrowser(), { ...SCREEN, ...options });
  await page.goto(monitor.url + url);
  return { page, id };
}

/** What of the wall does not stand on the screen, or has no room for its lines. */
async function misfits(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const wrong = scrollWidth > innerWidth || scrollHeight > innerHeight ? ["the page scrolls"] : [];
    for (const part of document.querySelectorAll("#wall :is(p, svg, li, h1, h1 b, text)")) {
      const { top, left, bottom, right } = part.getBoundingClientRect();
      const isOut = top < 0 || left < 0 || bottom > innerHeight || right > innerWidth;
      if (isOut) wrong.push(`${part.className || part.tagName} stands outside`);
    }
    for (const tile of document.querySelectorAll(".wall-tiles li")) {
      if (tile.scrollHeight > tile.clientHeight) wrong.push(`no room for ${tile.textContent}`);
    }
    const day = document.querySelector(".wall-day")?.getBoundingClientRect();
    const tiles = document.querySelector(".wall-tiles")?.lastElementChild?.getBoundingClientRect();
    if (day && tiles && tiles.bottom > day.top) wrong.push("the tiles stand over the day");
    for (const end of document.querySelectorAll(".name-end")) {
      const tile = end.closest("li")?.getBoundingClientRect();
      if (end.getBoundingClientRect().right > (tile?.right ?? 0)) wrong.push("a house number is cut off");
    }
    return wrong;
  });
}

t.test("it fits every screen without scrolling, wherever in its circle it stands", async (t) => {
  const monitor = await startLiveMonitor(t);
  await fillWall(monitor);
  const { page } = await openWall(t, monitor, { bypassCSP: true });
  t.equal(await page.locator(".wall-tiles li").count(), 8);
  for (const screen of SCREENS) {
    await page.setViewportSize(screen);
    for (const [x, y] of [
      [0, 0],
      [6, 6],
    ]) {
      await page.evaluate(
        ([x, y]) => {
          for (const [part, shift] of Object.entries({ place: x, screen: y }))
            document.querySelector(`.wall-${part}`)?.setAttribute("data-shift", String(shift));
        },
        [x, y],
      );
      t.same(await misfits(page), [], `${screen.width} × ${screen.height} at ${x}, ${y}`);
    }
    await takeScreenshot(page, `wall-${screen.width}`);
  }
  await page.setViewportSize(SCREEN.viewport);
  const readable = await page.evaluate(() =>
    [...document.querySelectorAll("#wall p, #wall text")].map((part) =>
      Number.parseFloat(getComputedStyle(part).fontSize),
    ),
  );
  t.ok(Math.min(...readable) >= 24, `the smallest text is ${Math.min(...readable)} px high`);
  t.same(await violations(page), []);

  for (const size of [
    { width: 390, height: 844 },
    { width: 1080, height: 1920 },
  ]) {
    await page.setViewportSize(size);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    t.equal(width, size.width, "a phone shows it too");
    const [brand, clock] = await Promise.all(
      [".wall-brand", ".wall-clock"].map((part) => page.locator(part).boundingBox()),
    );
    t.ok(brand && clock && clock.y < brand.y + brand.height, "the clock is beside the name");
    await takeScreenshot(page, `wall-${size.width}`);
  }
});

t.test("a cause has two lines, and forced colours leave the states theirs", async (t) => {
  const monitor = await startLiveMonitor(t);
  await fillWall(monitor);
  const { page } = await openWall(t, monitor, { forcedColors: "active" });
  const lines = await page
    .locator(".wall-reason")
    .first()
    .evaluate(
      (reason) =>
        reason.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(reason).lineHeight),
    );
  t.equal(Math.round(lines), 2);
  const colour = (part: string) =>
    page
      .locator(part)
      .first()
      .evaluate((one) => getComputedStyle(one).backgroundColor);
  t.not(await colour(".wall-squares span"), await colour("body"));
  await takeScreenshot(page, "wall-forced");
});

t.test("nothing wrong is one large tick", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.report(await monitor.addPosServer({ name: "Садовая, 3", address: null }));
  const { page } = await openWall(t, monitor, { bypassCSP: true });
  t.equal(await page.textContent(".wall-calm-title"), "Все обмениваются");
  const tick = await page.locator(".wall-calm svg").boundingBox();
  t.ok(tick && tick.height > 300);
  t.same(await misfits(page), []);
  t.same(await violations(page), []);
  await takeScreenshot(page, "wall-calm");
});

t.test("while the connection is lost all of it is grey, with the time", async (t) => {
  const monitor = await startLiveMonitor(t);
  await fillWall(monitor);
  const { page } = await openWall(t, monitor, { bypassCSP: true });
  t.notOk(await page.locator("#disconnected").isVisible());
  const filter = () => page.locator("#wall").evaluate((wall) => getComputedStyle(wall).filter);
  t.equal(await filter(), "none");

  await page.context().setOffline(true);
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.locator("#disconnected:visible").waitFor();
  t.match(await filter(), /grayscale\(1\)/);
  t.match(await page.textContent(".wall-lost-time"), /^\d\d:\d\d$/);
  t.match(await page.textContent(".wall-lost-text"), /^Связь с Poswatch потеряна в \d\d:\d\d\./);
  await takeScreenshot(page, "wall-lost");

  await page.context().setOffline(false);
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.locator("#disconnected").waitFor({ state: "hidden" });
  t.equal(await filter(), "none");
});

t.test("a link that is taken back leaves nothing on the screen, and asks no more", async (t) => {
  const monitor = await startLiveMonitor(t);
  await fillWall(monitor);
  const { page, id } = await openWall(t, monitor);
  const actor = { userId: null, login: "anna", name: null, address: "127.0.0.1" };
  await removeToken(monitor.app.database.db, actor, "wall", id, monitor.clock());
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.getByText("Страница не найдена").first().waitFor();
  // Whoever leaves a page while it is being loaded again is led back to it.
  await page.waitForLoadState("networkidle");
  t.equal(await page.locator("#wall, [hx-trigger]").count(), 0);
});
