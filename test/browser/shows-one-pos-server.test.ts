/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, launchBrowser, PHONE, takeScreenshot } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { failed } from "../helpers/outcomes.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const browser = await launchBrowser();

t.test("a refresh of the page of a POS server leaves open what somebody opened", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  await page.getByRole("button", { name: "Ошибка целиком" }).click();
  const whole = page.locator("#whole-error");
  await whole.waitFor();
  await monitor.report(id, { error: "Ошибка 17: подробности" });
  await waitFor(async () => {
    await page.locator("#freshness").dispatchEvent("refresh");
    return (await page.locator("#state-card-title").textContent()) === "Ошибка 17: подробности";
  });
  t.ok(await whole.isVisible());
  t.match(await whole.textContent(), "Ошибка 17: подробности");
});

t.test("the error behind a cause of the history opens by a tap, and stays open", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const page = await monitor.openPage(t, browser, PHONE);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  await page.getByRole("button", { name: "База данных повреждена, изменения программ не применяются" }).tap();
  const error = page.locator(".history .whole-error", {
    hasText: "нарушена целостность базы (guest_wallet)",
  });
  await error.waitFor();
  await monitor.report(id);
  await waitFor(async () => {
    await page.locator("#freshness").dispatchEvent("refresh");
    return (await page.locator(".history li").count()) > 1 && (await error.count()) === 1;
  });
  t.ok(await error.isVisible());
});

t.test("no word of a check is broken, however narrow the phone", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id, {
    checks: [
      { id: "port", outcome: "ok", value: "31327" },
      { id: "main_server_dns", outcome: "ok", value: "iiko.biz" },
      { id: "account", outcome: "ok", value: "a-name-without-any-space-that-is-wider-than-the-phone" },
    ],
  });
  for (const width of [320, 390]) {
    const page = await monitor.openPage(t, browser, { ...PHONE, viewport: { width, height: 844 } });
    await page.goto(`${monitor.url}/pos-servers/${id}`);
    const port = page.locator("#check-port .check-value");
    t.equal(await port.textContent(), "отвечает");
    const lines = await port.evaluate((value) => {
      const range = document.createRange();
      range.selectNodeContents(value);
      return range.getClientRects().length;
    });
    t.equal(lines, 1, `${width} px`);
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    await takeScreenshot(page, `checks-${width}`);
  }
});

t.test("a mark of a bar leads to its line in the history", async (t) => {
  const monitor = await startLiveMonitor(t);
  const { db } = monitor.app.database;
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id);
  await monitor.report(id, { error: "ошибка" });
  // So long ago that it can be told from what comes after.
  const from = Date.now() - 12 * 3_600_000;
  await db.updateTable("stateChange").set({ at: from }).where("state", "=", "sync_error").execute();
  await db
    .updateTable("stateChange")
    .set({ at: from - 1_000 })
    .where("state", "!=", "sync_error")
    .execute();
  await db
    .insertInto("monitorRun")
    .values({ startedAt: from - 60_000, seenAt: Date.now() })
    .execute();
  const page = await monitor.openPage(t, browser, PHONE);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  const mark = page.locator('.availability a[data-state="sync_error"]').first();
  await mark.locator("rect").nth(1).click();
  const [, line] = page.url().split("#");
  t.match(line, /^change-\d+$/);
  t.match(await page.locator(`#${line}`).textContent(), /Ошибка синхронизации/);
  t.ok(await page.locator(`#${line}`).evaluate((element) => element.matches(":target")));
});

t.test("on a phone the first screen says what is the matter and what to do", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ name: "Проспект Большевиков и Мира, 12" });
  await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
  const page = await monitor.openPage(t, browser, PHONE);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  const step = await page.locator(".state-card .button-primary").boundingBox();
  t.ok(step && step.y + step.height <= PHONE.viewport.height, "the blue button is in sight");
  t.ok(step && step.height >= 44);
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width);
});

t.test(
  "the page of a POS server fits every width, also with all that can be done from its top",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const id = await monitor.addPosServer();
    await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
    await monitor.app.database.db
      .insertInto("restaurantNote")
      .values({ posServerId: id, phone: "+7 495 555-01-12", userName: "Анна", changedAt: Date.now() })
      .execute();
    const page = await monitor.openPage(t, browser, DESKTOP);
    await page.goto(`${monitor.url}/pos-servers/${id}`);
    for (const width of [320, 360, 390, 759, 760, 1000, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      t.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${width} px`);
    }
  },
);

t.test(
  "who takes care stands below the checks on a phone, beside them on a desktop, and is reached in that order",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const id = await monitor.addPosServer();
    await monitor.report(id, { error: "нарушена целостность базы (guest_wallet)" });
    const order = [".checks", ".acknowledgement-card", ".pos-server-past", ".pos-server-aside"];
    for (const device of [PHONE, DESKTOP]) {
      const page = await monitor.openPage(t, browser, device);
      await page.goto(`${monitor.url}/pos-servers/${id}`);
      const boxes = [];
      for (const part of order) {
        const box = await page.locator(part).first().boundingBox();
        if (!box) throw new Error(`no ${part}`);
        boxes.push(box);
      }
      const [checks, acknowledgement, past, aside] = boxes as [Box, Box, Box, Box];
      const isBelow = (one: Box, other: Box) => one.y >= other.y + other.height;
      t.ok(isBelow(past, checks) && isBelow(aside, acknowledgement));
      if (device === PHONE)
        t.ok(isBelow(acknowledgement, checks) && isBelow(past, acknowledgement) && isBelow(aside, past));
      else {
        const card = await page.locator(".state-card").boundingBox();
        t.ok(
          acknowledgement.x > checks.x + checks.width && acknowledgement.y === card?.y,
          "at the top of the other column",
        );
        t.ok(
          aside.y - (acknowledgement.y + acknowledgement.height) <= 20,
          "and what is below it does not wait for the checks",
        );
      }
      const parts = await page
        .locator(order.join(", "))
        .evaluateAll((all) => all.map(({ className }) => className));
      t.match(parts[0], "checks");
      t.match(parts[1], "acknowledgement-card");
      t.match(parts.at(-1), "pos-server-aside");
    }
  },
);

t.test("when the server is gone the page says so, and leads nowhere", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  await monitor.report(id);
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  await page.context().setOffline(true);
  await page.locator("#freshness").dispatchEvent("refresh");
  await page.locator("#disconnected:visible").waitFor();
  await page.locator(".page-trail > a").click();
  await page.locator("#freshness[data-disconnected]").waitFor();
  t.equal(page.url(), `${monitor.url}/pos-servers/${id}`);

  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const { top = -1 } = await page.locator("#disconnected").evaluate((line) => line.getBoundingClientRect());
  t.ok(top >= 0, "it stays in sight");
  for (const name of ["Занимаюсь", "Выйти"]) {
    const button = page.getByRole("button", { name });
    if (name === "Выйти") await page.locator(".menu-user summary").click();
    await button.click();
    if (name === "Выйти") break;
    await page.locator("#dialog[open] #dialog-problem").waitFor();
    await page.keyboard.press("Escape");
  }
  t.equal(await page.getByRole("button", { name: "Выйти" }).isVisible(), true);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Выйти" }).click();
  await page.waitForURL(/\/login/);
});

t.test("«Проверить связь» tells its answer over the page, which then shows what is known now", async (t) => {
  const client = createScriptedClient(() => failed(Date.now(), "connect_refused"));
  const monitor = await startLiveMonitor(t, { client });
  const id = await monitor.addPosServer();
  await monitor.report(id);
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/pos-servers/${id}`);
  await page.locator(".checks").getByRole("button", { name: "Проверить связь" }).click();
  await page.locator("#notice .line-problem", { hasText: "POS-сервер не принимает соединения" }).waitFor();
  await page.locator(".facts", { hasText: /подряд не удал/ }).waitFor();
  t.equal(page.url(), `${monitor.url}/pos-servers/${id}`);
});
