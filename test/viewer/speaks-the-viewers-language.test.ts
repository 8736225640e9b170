import t from "tap";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, getPage, sessionOf, textOf } from "../helpers/page.ts";

t.test("numbers of things agree with their words, and periods too, in both languages", async (t) => {
  const monitor = await startMonitor(t);
  let count = 0;
  for (const [target, words] of [
    [1, "1 POS-сервер"],
    [2, "2 POS-сервера"],
    [5, "5 POS-серверов"],
    [11, "11 POS-серверов"],
    [21, "21 POS-сервер"],
  ] as const) {
    for (; count < target; count++) await monitor.addPosServer();
    monitor.clock.advance(5_000);
    const { body } = await getPage(monitor.app, "/pos-servers");
    t.equal(textOf(body.match(/<div class="table-foot">[\s\S]*?<\/div>/)?.[0] ?? ""), words);
  }
  const summary = async (language: "ru" | "en", count: number, unit: string) => {
    const url = `/pos-servers?period=${count}&unit=${unit}&q=nothing-like-it`;
    const body = await getHtml(monitor.app, url, { language });
    return textOf(body.match(/class="empty"[\s\S]*/)?.[0] ?? "");
  };
  t.match(await summary("ru", 1, "hours"), "1 час");
  t.match(await summary("ru", 2, "hours"), "2 часа");
  t.match(await summary("ru", 5, "minutes"), "5 минут");
  t.match(await summary("ru", 21, "days"), "21 день");
  t.match(await summary("en", 1, "minutes"), "1 minute");
  t.match(await summary("en", 21, "days"), "21 days");
});

t.test("an English viewer sees no Russian but names and reported texts", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("Tasty House");
  const add = () => monitor.addPosServer({ organizationId, name: `Shop ${Math.random()}` });
  await monitor.report(await add());
  await monitor.report(await add(), { error: "boom", clockAheadMs: -5 * 60_000 });
  await monitor.fail(await add(), "dns", "ENOTFOUND");
  await monitor.report(await add(), { version: null, syncedAgoMs: null });
  await add();
  const queries = ["", "?scope=outside&hideSynced=1", "?q=zzz&page=x&unit=y"];
  for (const url of [...queries.map((query) => `/pos-servers${query}`), "/missing"]) {
    const { body } = await getPage(monitor.app, url, { language: "en" });
    t.match(body, '<html lang="en"');
    t.notMatch(body.replace(">Русский</button>", ""), /\p{Script=Cyrillic}/u, url);
  }
});

t.test(
  "who has chosen no language gets Russian, and who has no valid time zone gets the server's",
  async (t) => {
    const monitor = await startMonitor(t);
    const session = await sessionOf(monitor.app);
    t.match((await monitor.app.inject({ url: "/account", cookies: { session } })).body, '<html lang="ru"');
    for (const language of ["de", "", "__proto__", "ru-RU\u0000"]) {
      const answer = await monitor.app.inject({ url: "/account", cookies: { language, session } });
      t.match(answer, { statusCode: 200, body: '<html lang="ru"' });
    }
    const server = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const none = ["Mars/Olympus", "", "x".repeat(10_000), "../../etc/passwd", "<b>", "__proto__"];
    for (const timeZone of [...none, "Europe/Moscow\u0000"]) {
      const { statusCode, body } = await getPage(monitor.app, "/account", { timeZone });
      t.equal(statusCode, 200, timeZone.slice(0, 20));
      t.match(body, `data-time-zone="${server}"`);
    }
    const known = await getHtml(monitor.app, "/account", { timeZone: "europe/moscow" });
    t.match(known, 'data-time-zone="Europe/Moscow"');
  },
);

t.test("times are in the viewer's zone, with the year when it is another one", async (t) => {
  const monitor = await startMonitor(t);
  monitor.clock.set(Date.parse("2026-01-01T12:00:00Z"));
  await monitor.report(await monitor.addPosServer(), { syncedAgoMs: 16 * HOUR_MS });
  const timeIn = async (timeZone: string) => {
    const { body } = await getPage(monitor.app, "/pos-servers", { timeZone });
    return textOf(body.match(/class="cell-sync">[\s\S]*?<small>([\s\S]*?)<\/small>/)?.[1] ?? "");
  };
  t.equal(await timeIn("Europe/Moscow"), "31.12.2025 23:00");
  t.equal(await timeIn("Asia/Vladivostok"), "01.01 06:00");
  t.equal(await timeIn("America/New_York"), "31.12.2025 15:00");
  t.equal(await timeIn("UTC"), "31.12.2025 20:00");
});
