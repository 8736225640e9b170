import t, { type Test } from "tap";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, type PageRequest, textOf, unescapeHtml } from "../helpers/page.ts";
import { addRow, changeRows } from "../helpers/rows.ts";

const plain = (text: string) => text.replaceAll("\u00A0", " ");

/** A monitor that has run since its start, with one POS server; its clock begins at 13:00 in Moscow. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const { app, clock, db } = monitor;
  const id = await monitor.addPosServer();
  await addRow(db, "monitorRun", { startedAt: clock(), seenAt: clock() });
  const page = async (request?: PageRequest) => await getHtml(app, `/pos-servers/${id}`, request);
  return {
    ...monitor,
    id,
    seen: () => changeRows(db, "monitorRun", { seenAt: clock() }),
    page,
    text: async () => plain(textOf(await page())),
  };
}

/** What each bar says of its parts. */
function titlesOf(html: string): string[][] {
  const [, ...pictures] = html.split('class="availability-picture"');
  return pictures.map((picture) =>
    [...picture.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title = ""]) => plain(unescapeHtml(title))),
  );
}

t.test("a failure of less than a minute is said in seconds, and never rounded away", async (t) => {
  const { clock, id, report, seen, page, text } = await start(t);
  await report(id, { error: "база повреждена" });
  clock.advance(41_000);
  await report(id);
  clock.advance(24 * HOUR_MS - MINUTE_MS);
  await seen();
  for (const titles of titlesOf(await page()))
    t.match(titles.at(-1), "Ошибка синхронизации: 24.11 13:00 – 24.11 13:00, 41 с");
  t.match(await text(), /обмен работал 99,9 % времени · 1 сбой/);
});

t.test("the share of the time, the failures and each part of the time are said in words", async (t) => {
  const { clock, id, report, fail, seen, page } = await start(t);
  await report(id);
  clock.advance(HOUR_MS);
  await report(id, { error: "база повреждена" });
  clock.advance(10 * MINUTE_MS);
  await report(id);
  clock.advance(50 * MINUTE_MS);
  await fail(id);
  clock.advance(2 * HOUR_MS);
  await seen();

  const html = await page();
  const text = plain(textOf(html));
  t.match(text, /24 часа обмен работал 45,8 % времени · 2 сбоя, 2 ч 10 мин/);
  t.match(text, /30 дней обмен работал 45,8 % времени · 2 сбоя, 2 ч 10 мин/);
  t.match(text, /Ошибка синхронизации 10 мин Нет связи 2 ч Нет данных/);
  const working = [
    "Синхронизирован: 24.11 13:00 – 24.11 14:00, 1 ч",
    "Синхронизирован: 24.11 14:10 – 24.11 15:00, 50 мин",
  ];
  t.same(titlesOf(html), [
    [
      ...working,
      "Ошибка синхронизации: 24.11 14:00 – 24.11 14:10, 10 мин",
      "Нет связи: 24.11 15:00 – сейчас, 2 ч",
    ],
    [...working, "2 сбоя, Ошибка синхронизации: 24.11 14:00 – сейчас, 3 ч"],
  ]);
});

t.test("a mark leads to its line of the history, also where that is not shown yet", async (t) => {
  const { app, clock, id, report, seen, page } = await start(t);
  for (let hour = 0; hour < 15; hour += 1) {
    await report(id, { error: "база повреждена" });
    clock.advance(HOUR_MS / 2);
    await report(id);
    clock.advance(HOUR_MS);
  }
  await seen();
  const html = await page();
  const linked = [...html.matchAll(/<a href="([^"]*)#(change-\d+)" aria-label="[^"]*Ошибка/g)];
  t.ok(linked.length > 15, "in the bar of the month, too");
  for (const [, url, line] of linked)
    t.match(url ? await getHtml(app, unescapeHtml(url)) : html, `<li id="${line}"`);
  t.equal(new Set(linked.map(([, url]) => url === "")).size, 2, "some are shown, some are not");
});

t.test("days and times are those of the viewer's zone, and the words those of the viewer", async (t) => {
  const { clock, id, report, seen, page } = await start(t);
  await report(id);
  clock.advance(12 * HOUR_MS);
  await seen();
  const html = await page({ language: "en", timeZone: "Asia/Vladivostok" });
  t.match(textOf(html), /24 hours the exchange worked 100% of the time · no failures/);
  t.same(titlesOf(html)[0], ["Synced: 24.11 20:00 – now, 12 h"]);
});

t.test("the last minute of a monitor that runs is known, a longer silence is not", async (t) => {
  const { clock, id, report, text } = await start(t);
  await report(id);
  clock.advance(2 * MINUTE_MS);
  t.match(await text(), /24 часа обмен работал/);
  clock.advance(1);
  t.match(await text(), /24 часа нет данных об обмене/);
});

t.test("of an exchange that was unknown all the time there is no data, here and in the list", async (t) => {
  const { app, addPosServer, clock, id, fail, report, seen, text } = await start(t);
  const silentId = await addPosServer();
  await fail(id);
  await report(silentId, { syncedAgoMs: null });
  clock.advance(2 * HOUR_MS);
  await seen();
  const unknown = /24 часа нет данных об обмене Нет связи: .* 30 дней нет данных об обмене Нет связи: /;
  t.match(await text(), unknown);
  const silent = plain(textOf(await getHtml(app, `/pos-servers/${silentId}`)));
  t.match(silent, /24 часа нет данных об обмене Давно не было обмена: /);
  const list = await getHtml(app, "/pos-servers");
  const [, ...hours] = list.split('class="cell-hours"');
  const labels = hours.map((html) => /aria-label="([^"]*)"/.exec(html)?.[1]);
  t.same(labels, ["Данных об обмене нет", "Данных об обмене нет"]);
});
