/// <reference lib="dom" />

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { DESKTOP, holdScript, launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { kindOf, startTeachableServer } from "../helpers/teachable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A log in words that no phrase of the agent knows: a job that ends well every five minutes, and once did not. */
function strangeLog(now: number): string {
  const line = (agoMs: number, level: string, text: string) => {
    const time = new Date(now - agoMs + 180 * MINUTE_MS).toISOString().slice(0, 23).replace("T", " ");
    return `[${time.replace(".", ",")}] ${level.padStart(5)} [12] - ${text}`;
  };
  const lines: string[] = [];
  for (let minute = 600; minute >= 2; minute -= 1) {
    lines.push(line(minute * MINUTE_MS, "INFO", `Till ${minute % 4} asked for wallet ${minute * 31}`));
    if (minute % 5 !== 2) continue;
    const isBroken = minute === 302;
    const text = isBroken
      ? 'Cargo run 7 gave up: "no route to host"'
      : `Cargo run ${minute} delivered ${minute * 7} rows`;
    lines.push(line(minute * MINUTE_MS - 1_000, isBroken ? "ERROR" : "INFO", text));
  }
  return `${lines.join("\n")}\n`;
}

async function startStrangeAgent(t: Test) {
  const folder = await makeAgentFolder(t);
  await writeFile(join(folder.logs, "pos.log"), strangeLog(Date.now()));
  const agent = await startTestAgent(t, folder);
  const { fingerprint = "", token = "" } = parsePairingString(agent.pairingString) ?? {};
  return { address: agent.address, fingerprint, token };
}

t.test("a real agent with a log in strange words is taught, and its exchange is seen", async (t) => {
  const monitor = await startLiveMonitor(t, { client: createPosClient() });
  const id = await monitor.addPosServer({ name: "Тверская, 12", ...(await startStrangeAgent(t)) });
  await monitor.app.pollNow(id);
  const page = await monitor.visit(t, "/pos-servers");
  await page.click(`#pos-server-${id} >> text=Разобрать лог`);
  await page.locator("#teaching [data-search]").waitFor({ state: "hidden" });
  await page.fill("#kinds-search", "cargo");
  await waitFor(async () => (await page.locator(".kind:visible").count()) === 2);
  await page.locator(".kind:visible select").nth(0).selectOption("succeeded");
  await page.locator(".kind:visible select").nth(1).selectOption("failed");
  await page.click("text=Проверить на логе");
  await page.locator("#trial").waitFor();
  const found = /Найдено 119 успешных обменов, последний раз [12]\sмин назад.*Найдена 1 ошибка обмена/s;
  t.match(await page.textContent("#trial"), found);
  await waitFor(async () => (await page.locator(".kind:visible").count()) === 3);
  await page.click("button[value=save]");
  await page.waitForURL(`${monitor.url}/pos-servers/${id}`);
  t.match(await page.textContent("#notice"), /Шаблоны сохранены и отправлены\. Найдено 119 успешных обменов/);
  t.match(await page.textContent(".state-card"), /Синхронизирован.*Обмен работает/s);
});

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
