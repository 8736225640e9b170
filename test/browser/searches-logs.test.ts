/// <reference lib="dom" />

import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import type { LogSearchResult } from "../../src/protocol/log-lines.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { type AnswerSearch, foundIn, sending, startSearchableServer } from "../helpers/searchable-server.ts";
import { addLogArchive } from "../helpers/viewed-archive.ts";

const ERROR = "нарушена целостность базы (guest_wallet) [SQLITE_CORRUPT: database disk image is malformed]";

/** Entries of the last hours, the newest last. */
function foundLately(text: string, ...counts: number[]): LogSearchResult {
  const hours = counts.flatMap((count, index) => {
    const from = (Math.floor(Date.now() / HOUR_MS) - counts.length + index + 1) * HOUR_MS;
    return count === 0 ? [] : [{ from: new Date(from).toISOString(), count }];
  });
  const all = counts.reduce((sum, count) => sum + count, 0);
  const newest = new Date(Date.parse(hours.at(-1)?.from ?? "")).toISOString();
  return { ...foundIn(newest, all, text), firstAt: hours[0]?.from ?? null, hours };
}

async function start(t: Parameters<typeof startLiveMonitor>[0]) {
  const monitor = await startLiveMonitor(t, { client: createPosClient() });
  const nothing = sending({ ...foundIn(new Date().toISOString(), 0, ""), hours: [], files: [], entries: [] });
  const { promise: released, resolve: release } = Promise.withResolvers<AnswerSearch>();
  const held: AnswerSearch = async (...call) => (await released)(...call);
  const answers = [
    sending(foundLately(ERROR, 2, 2, 2, 0, 0, 0, 0, 41, 62, 58)),
    sending(foundLately(`${ERROR.slice(0, 40)}, гость: телефон +7 916 •••-••-67`, 20, 1)),
    sending({
      ...foundLately(`Проверка: ${ERROR}`, 4),
      unread: { files: 1, bytes: 1_288_490_189, limit: "time" },
    }),
    nothing,
    nothing,
    held,
  ];
  const servers = await Promise.all(answers.map((answer) => startSearchableServer(t, answer)));
  const names = ["Тверская, 12", "Лесная, 7", "Сокол, 3", "Маросейка, 4", "Арбат, 5", "Покровка, 17"];
  for (const [index, server] of servers.entries()) {
    const { address } = server;
    server.reported = { time: new Date().toISOString() };
    const id = await monitor.addPosServer({ name: names[index] ?? "", address });
    await monitor.report(id, index === 0 ? { error: ERROR } : {});
  }
  for (const name of ["Невский, 88", "Лиговский, 30", "Комсомольская, 32", "Советская, 11"])
    await monitor.addPosServer({ name, connection: "dial_out", address: null });
  return { monitor, release };
}

t.test("from a row to where else, whose page follows the search to its end", async (t) => {
  const { monitor, release } = await start(t);
  const page = await monitor.visit(t, "/pos-servers", LOOKED_AT);
  await page.click("#pos-server-1 .others-button");
  await page.click("#row-menu >> text=Где ещё?");
  await page.locator("dialog[open] [name=sought]").waitFor();
  t.equal(await page.inputValue("dialog [name=sought]"), "нарушена целостность базы");
  await page.selectOption("#span", "own");
  await page.locator("#from").waitFor();
  await lookAt(t, page, "where else, its form");
  await page.selectOption("#span", "day");
  await page.locator("#from").waitFor({ state: "hidden" });
  await page.click("dialog .button-primary");
  await page.waitForURL(/\/log-searches\/1$/);
  await page.locator("#log-search-now >> text=Ответили 5 из 10, не на связи 4").waitFor();
  await page.locator("#found-3 a").focus();
  await lookAt(t, page, "where else");
  release(sending(foundLately(ERROR, 9)));
  await page.locator("#found-6").waitFor();
  t.equal(await page.locator("#found-3 a:focus").count(), 1, "what has come in has moved no focus");
  await page.click("text=Остановить");
  await page.locator("text=Остановить").waitFor({ state: "detached" });
  t.equal(await page.locator("#freshness").count(), 0, "nothing is refreshed any more");
  await page.click("summary >> text=Не нашлось у 2");
  await lookAt(t, page, "where else, stopped");
  await page.click("text=Изменить поиск");
  await page.locator("dialog[open] [name=sought]").waitFor();
  t.equal(await page.inputValue("dialog [name=sought]"), "нарушена целостность базы");
});

t.test("what is selected in the viewer is searched for, or nothing yet", async (t) => {
  const monitor = await startLiveMonitor(t);
  const log = `2026-11-24 10:00:00 ERROR Обмен 4711: ${ERROR}\n2026-11-24 10:00:01 ERROR card 1234 is blocked\n`;
  const id = await addLogArchive(monitor, { "sync.log": log });
  const page = await monitor.visit(t, `/log-archives/${id}/files/1`);
  const sought = page.locator("dialog[open] [name=sought]");
  await page.click("#where-else");
  await sought.waitFor();
  t.equal(await sought.inputValue(), "");
  await page.click("dialog[open] [data-dialog-close]");
  await page.locator(".log-message", { hasText: "card" }).selectText();
  await page.locator("#where-else[href*=card]").click();
  await sought.waitFor();
  t.equal(await sought.inputValue(), "card … is blocked");
});
