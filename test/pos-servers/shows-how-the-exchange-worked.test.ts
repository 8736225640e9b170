import t, { type Test } from "tap";
import { setParked } from "../../src/monitor/fleet/park-pos-server.ts";
import { startMonitor } from "../helpers/app.ts";
import { getPage, type PageRequest, textOf, unescapeHtml } from "../helpers/page.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A monitor that has run since its start, with one POS server; its clock begins at 13:00 in Moscow. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const { db } = app.database;
  const id = await monitor.addPosServer();
  const { id: runId } = await db
    .insertInto("monitor_run")
    .values({ started_at: clock(), seen_at: clock() })
    .returning("id")
    .executeTakeFirstOrThrow();
  return {
    ...monitor,
    db,
    id,
    seen: () => db.updateTable("monitor_run").set({ seen_at: clock() }).where("id", "=", runId).execute(),
    page: async (request?: PageRequest) => (await getPage(app, `/pos-servers/${id}`, request)).body,
  };
}

function titlesOf(html: string): string[] {
  return [...html.matchAll(/<title>([^<]*)<\/title><rect/g)].map(([, title = ""]) =>
    unescapeHtml(title).replaceAll("\u00A0", " "),
  );
}

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
  const text = textOf(html).replaceAll("\u00A0", " ");
  t.match(text, /24 часа обмен работал 45,8 % времени · 2 сбоя/);
  t.match(text, /30 дней обмен работал 45,8 % времени · 2 сбоя/);
  t.match(text, /Ошибка синхронизации 10 мин Нет связи 2 ч Нет данных/);

  const titles = titlesOf(html);
  t.equal(titles.length, 96 + 30);
  t.equal(titles[95], "24.11 16:45 – 17:00: Нет связи");
  t.ok(titles.includes("24.11 14:00 – 14:15: Ошибка синхронизации 10 мин, Синхронизирован 5 мин"));
  t.equal(titles[0], "23.11 17:00 – 17:15: Нет данных");
  t.equal(titles.at(-1), "24.11: Ошибка синхронизации 10 мин, Нет связи 2 ч, Синхронизирован 1 ч 50 мин");
  t.equal(titles.at(-2), "23.11: Нет данных");
});

t.test("days and times are those of the viewer's zone, and the words those of the viewer", async (t) => {
  const { clock, id, report, seen, page } = await start(t);
  await report(id);
  clock.advance(12 * HOUR_MS);
  await seen();
  const html = await page({ language: "en", timeZone: "Asia/Vladivostok" });
  t.match(textOf(html), /24 hours the exchange worked 100% of the time · no failures/);
  const titles = titlesOf(html);
  t.equal(titles[95], "25.11 07:45 – 08:00: Synced");
  t.same(titles.slice(-3), ["23.11: No data", "24.11: Synced", "25.11: Synced"]);
});

t.test("time in which the monitor did not run or did not poll is neither good nor bad", async (t) => {
  const { clock, db, id, report, seen, page } = await start(t);
  await report(id, { error: "база повреждена" });
  clock.advance(HOUR_MS);
  await seen();
  clock.advance(8 * HOUR_MS);
  await db.insertInto("monitor_run").values({ started_at: clock(), seen_at: clock() }).execute();
  await report(id);
  clock.advance(2 * MINUTE_MS);
  await setParked(db, id, true, clock());
  t.match(textOf(await page()).replaceAll("\u00A0", " "), /обмен работал 3,2 % времени · 1 сбой/);

  clock.advance(HOUR_MS);
  await db.updateTable("monitor_run").set({ seen_at: clock() }).where("id", "=", 2).execute();
  const text = textOf(await page()).replaceAll("\u00A0", " ");
  t.match(text, /обмен работал 3,2 % времени · 1 сбой/);
  t.match(text, /Ошибка синхронизации 1 ч Опрос приостановлен 1 ч Нет данных/);
});

t.test(
  "the minute before the monitor says again that it runs is known, a longer silence is not",
  async (t) => {
    const { clock, id, report, page } = await start(t);
    await report(id);
    clock.advance(2 * MINUTE_MS);
    t.match(textOf(await page()), /24 часа обмен работал/);
    clock.advance(1);
    t.match(textOf(await page()), /24 часа нет данных об обмене/);
  },
);

t.test("a failure is never rounded away", async (t) => {
  const { clock, id, fail, report, seen, page } = await start(t);
  await fail(id);
  clock.advance(1);
  await report(id);
  clock.advance(20 * HOUR_MS);
  await seen();
  t.match(textOf(await page()).replaceAll("\u00A0", " "), /обмен работал 99,9 % времени · 1 сбой/);
});
