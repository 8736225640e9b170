/// <reference lib="dom" />

import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { DESKTOP, holdScript, launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { kindOf, startTeachableServer } from "../helpers/teachable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("two hundred long lines fit every screen, and a trial keeps what was marked", async (t) => {
  const server = await startTeachableServer(t, Date.now);
  const long = "Handler запрос программы лояльности для гостя # терминал # группа «…» ответ # мс ".repeat(4);
  server.reported = { syncedAgoMs: null, logs: { found: true, unmatched: true } };
  server.kinds = {
    lines: 184_321,
    isCut: true,
    kinds: Array.from({ length: 200 }, (_, index) => {
      const text = index === 5 ? "x".repeat(300) : `${index} ${long}`.slice(0, 300);
      const example = `${text}${long}${long}`.slice(0, 1_000);
      return kindOf(text, { count: 20_000 - index, example, lastAt: new Date().toISOString() });
    }),
  };
  const monitor = await startLiveMonitor(t, { client: createPosClient() });
  const { address, fingerprint } = server;
  const id = await monitor.addPosServer({ name: "Тверская-Ямская, 12", address, fingerprint });
  await monitor.app.pollNow(id);
  const page = await monitor.visit(t, `/pos-servers/${id}/log-patterns`, LOOKED_AT);
  await page.locator(".kind select").nth(3).selectOption("excluded");
  await page.click(".by-hand summary");
  await page.fill("#succeeded", ".+");
  await page.click("text=Проверить на логе");
  await page.waitForSelector("#problem-succeeded");
  t.equal(await page.locator(".kind select").nth(3).inputValue(), "excluded");
  t.equal(await page.evaluate(() => document.activeElement?.id), "succeeded");
  await lookAt(t, page, "two hundred lines of a log");
  t.same(server.taught, []);
});

t.test("what was typed into the search before its script came is searched for", async (t) => {
  const server = await startTeachableServer(t, Date.now);
  const lastAt = new Date().toISOString();
  const kinds = ["Отчёт готов", "Till # asked", "Disk #"].map((text) => kindOf(text, { lastAt }));
  server.kinds = { lines: 9, isCut: false, kinds };
  const monitor = await startLiveMonitor(t, { client: createPosClient() });
  const { address, fingerprint } = server;
  const id = await monitor.addPosServer({ address, fingerprint });
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  const release = await holdScript(page, "log-kinds.js");
  await page.goto(`${monitor.url}/pos-servers/${id}/log-patterns`, { waitUntil: "commit" });
  await page.fill("#kinds-search", "ОТЧЕТ");
  release();
  await waitFor(async () => (await page.locator(".kind:visible").count()) === 1);
  t.equal(await page.textContent("#kinds-found"), "Показано 1 из 3");
});
