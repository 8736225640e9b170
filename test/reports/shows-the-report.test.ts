import t, { type Test } from "tap";
import { createMailSink } from "../../src/demo/messages/mail-sink.ts";
import { keepCauses } from "../../src/monitor/fleet/kept-causes.ts";
import { sendWeeklyReports } from "../../src/monitor/reports/send-weekly.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, TERMS } from "../helpers/channels.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { addRow, changeRows } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

const URL = "/reports/availability";

/**
 * A monitor that ran all of November up to the 24th, 13:00 in Moscow. «Арбат, 5» of «Пекарня» failed on the 20th from 10:00
 * to 12:00; «<b>Пушкина» of another organization always worked.
 */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const { db, clock } = monitor;
  await addRow(db, "monitorRun", { startedAt: november(1), seenAt: clock() });
  const here = await monitor.addOrganization("Пекарня", "100512");
  const there = await monitor.addOrganization("Кофе");
  const failed = await monitor.addPosServer({ organizationId: here, name: "Арбат, 5" });
  const fine = await monitor.addPosServer({ organizationId: there, name: "<b>Пушкина" });
  await db.deleteFrom("stateChange").execute();
  for (const [posServerId, at, state] of [
    [failed, november(1), "synced"],
    [fine, november(1), "synced"],
    [failed, november(20) + 10 * HOUR_MS, "service_stopped"],
    [failed, november(20) + 12 * HOUR_MS, "synced"],
  ] as const) {
    const change = { posServerId, at, state, causeKey: state === "synced" ? null : state, detail: null };
    await db
      .insertInto("stateChange")
      .values(await keepCauses(db, [change]))
      .execute();
  }
  await addRow(db, "tag", { name: "Москва", nameSearch: "москва" });
  await addRow(db, "posServerTag", { posServerId: failed, tagId: 1 });
  await changeRows(db, "posStatus", { tagIds: " 1 " }, { posServerId: failed });
  return { ...monitor, here, there, failed };
}

/** The beginning of a day in Moscow. */
function november(day: number): number {
  return Date.parse(`2026-11-${String(day).padStart(2, "0")}T00:00+03:00`);
}

function readable(html: string): string {
  return textOf(html).replaceAll("\u00A0", " ").replaceAll(/\s+/g, " ");
}

t.test("the page says the share, the failures, the worst and the causes of the month", async (t) => {
  const monitor = await start(t);
  const user = await signedIn(monitor, { organizations: "all" });
  const html = await user.html(URL);
  const text = readable(html);
  t.match(text, "Ноябрь 2026");
  t.match(text, "99,8 %");
  t.match(text, "у 1 POS-сервера 1 сбой обычно до восстановления 2 ч базы не сбрасывали 0 сбросов БД");
  t.match(text, "2 POS-сервера, в часы работы, по 24.11");
  t.match(text, /Хуже всех .*Арбат, 5 Пекарня 99,6 % 1 2 ч Служба POS-сервера остановлена/);
  t.match(text, "Служба POS-сервера остановлена 1 · 2 ч");
  t.match(text, "Прошлые дни считаются по нынешним часам работы.");
  t.notMatch(html, "<b>Пушкина");
  t.match(html, 'href="/incidents?day=2026-11-20"', "a bar leads to the incidents of its day");
  t.match(text, "20 ноября: обмен работал 95,8 %, без обмена 2 ч");
  t.match(html, 'href="/reports/availability?month=2026-10"');
  t.notMatch(html, "month=2026-12", "there is no report of what is to come");
});

t.test("organization, tag and period narrow it, and so do rights; the links keep them", async (t) => {
  const monitor = await start(t);
  const { here, there } = monitor;
  const user = await signedIn(monitor, { organizations: "all" });
  const ofThere = readable(await user.html(`${URL}?organization=${there}`));
  t.match(ofThere, "обмен работал 100 % обмен нигде не прерывался 0 сбоев");
  t.match(readable(await user.html(`${URL}?tag=1`)), "1 POS-сервер, в часы работы");
  const day = await user.html(`${URL}?from=2026-11-20&to=2026-11-20&organization=${here}&tag=1`);
  t.match(readable(day), /20 ноября 2026 .*обмен работал 91,6 % до этого 100 %/);
  t.match(day, `href="${URL}?from=2026-11-19&amp;to=2026-11-19&amp;organization=${here}&amp;tag=1"`);
  t.notMatch(day, "/incidents?day", "incidents are not listed by tag");
  const untagged = await user.html(`${URL}?month=2026-11&organization=${here}`);
  t.match(untagged, `href="/incidents?day=2026-11-20&amp;organization=${here}"`);
  t.match(readable(await user.html(`${URL}?month=2026-09`)), "За этот период ничего не известно");

  const narrow = await signedIn(monitor, { organizations: [there] });
  const text = readable(await narrow.html(`${URL}?organization=${here}`));
  t.match(text, `Организации «${here}» нет: показаны все.`);
  t.match(text, "обмен работал 100 %");
  t.notMatch(text, "Арбат");
  t.match(readable(await narrow.html(`${URL}?tag=1`)), "Тега «1» нет", "tags of others are not told of");
});

const WRONG: [query: string, message: string][] = [
  ["month=2026-13", "Месяца «2026-13» нет или он ещё не начался"],
  ["month=2026-12", "Месяца «2026-12» нет или он ещё не начался"],
  ["month=2026-12-01", "Месяца «2026-12-01» нет"],
  ["from=2026-11-05", "Нужны две даты"],
  ["from=2026-02-30&to=2026-03-01", "Нужны две даты"],
  ["from=1999-01-01&to=2026-03-01", "Нужны две даты"],
  ["from=2026-11-05&to=2026-11-04", "Первый день позже последнего."],
  ["from=2026-11-05&to=2026-11-25", "Период не может заканчиваться в будущем."],
  ["from=2025-01-01&to=2026-11-01", "Не больше 92 дней."],
  ["organization=%3Cscript%3E&tag=1e9", "Организации «<script>» нет"],
];

t.test("what is not understood is named, and the present month is shown", async (t) => {
  const user = await signedIn(await start(t), { organizations: "all" });
  for (const [query, message] of WRONG) {
    const text = readable(await user.html(`${URL}?${query}`));
    t.match(text, message, query);
    t.match(text, "Ноябрь 2026", query);
  }
  const today = readable(await user.html(`${URL}?from=2026-11-24&to=2026-11-24`));
  t.match(today, "обмен работал 100 %", "a day that has just begun has what there is of it");
});

t.test("the file has every POS server, the days and the causes", async (t) => {
  const monitor = await start(t);
  const { app, db, here } = monitor;
  const { sheets, headers } = await downloadWorkbook(app, `${URL}.xlsx?month=2026-11`);
  const fileName = String(headers["content-disposition"]);
  t.match(decodeURIComponent(fileName), "Доступность обмена 2026-11.xlsx", "named by its period");
  const names = sheets.map(({ name }) => name);
  t.same(names, ["Доступность обмена", "По дням", "Причины", "О файле"]);
  const [all, days, causes] = sheets.map(tableOf);
  t.match(JSON.stringify(sheets[3]?.values), /"обмен работал","99,8\s%"/);
  t.match(all, [
    { "POS-сервер": "Арбат, 5", Организация: "Пекарня", "Обмен работал, %": 99.6 },
    { "POS-сервер": "<b>Пушкина", "Обмен работал, %": 100, Сбоев: 0 },
  ]);
  t.match(all?.[0], { Сбоев: 1, "Без обмена, мин": 120 });
  t.equal(days?.length, 24);
  t.match(days?.[19], { День: "2026-11-20", "Обмен работал, %": 95.8, "Без обмена, мин": 120 });
  t.match(causes, [{ Сбоев: 1, "Без обмена, мин": 120 }]);
  const user = await signedIn(monitor, { organizations: [here] });
  const wrong = await user.get(`${URL}.xlsx?month=2026-13`);
  t.equal(wrong.headers.location, `${URL}?month=2026-13`, "never that of another period");
  const narrowed = await downloadWorkbook(app, `${URL}.xlsx?organization=${here}`);
  t.equal(narrowed.sheets[0]?.values.length, 2);
  t.match(await recordedEvents(db, "export"), { length: 2 });
});

t.test("incidents of a day are those that lasted then", async (t) => {
  const monitor = await start(t);
  const { clock, failed, report } = monitor;
  await report(failed, { error: "boom" });
  clock.advance(DAY_MS);
  const user = await signedIn(monitor, { organizations: "all" });
  t.match(readable(await user.html("/incidents?day=2026-11-24")), /Длились 24 ноября 1 .*Арбат, 5/);
  t.match(readable(await user.html("/incidents?day=2026-11-23")), "23 ноября инцидентов не было");
  t.match(readable(await user.html("/incidents?day=2026-02-30")), "Дня «2026-02-30» нет");
});

async function weeklyOf({ db }: TestMonitor) {
  const rows = await db.selectFrom("delivery").select("text").where("kind", "=", "report").execute();
  return rows.map(({ text }) => JSON.parse(text ?? ""));
}

t.test("the report of a week comes by mail on Monday morning, once, and with a link", async (t) => {
  const monitor = await start(t);
  const { app, db, clock, here } = monitor;
  const mail = await createMailSink();
  t.teardown(() => mail.close());
  await addRow(db, "setting", { key: "pagesUrl", value: JSON.stringify("https://pos.example.ru") });
  const user = await signedIn(monitor, { organizations: [here] });
  const subscribe = (fields = {}) => user.post(`${URL}/subscriptions`, { month: "2026-11", ...fields });

  await subscribe();
  const waiting = await user.html(`${URL}?month=2026-11`);
  t.match(readable(waiting), "Отчёту пока некуда приходить");
  const [, form = ""] = /href="(\/channels\/new[^"]*)"/.exec(waiting) ?? [];
  t.notMatch(await user.html(form.replaceAll("&amp;", "&")), /name="withRule"[^>]* checked/);
  await user.post(`${URL}/subscriptions/end`, { month: "2026-11" });
  t.notMatch(await user.text(URL), "Отчёту пока некуда приходить");
  const terms = structuredClone(TERMS.email);
  Object.assign(terms.settings, { port: String(mail.port), login: "" });
  const via = await addChannel(monitor, { ...terms, secrets: { password: "" } });
  await addOwnChannel(monitor, user, via);
  const { headers } = await subscribe({ tag: "1", organization: String(here) });
  t.equal(headers.location, `${URL}?month=2026-11&organization=${here}&tag=1`);
  const said = "Отчёт об этих POS-серверах будет приходить по понедельникам на own@example.ru.";
  t.match(await user.text(String(headers.location)), said);
  t.match(await user.html(String(headers.location)), 'aria-checked="true"');
  await subscribe({ organization: "987654" });
  const subscriptions = await db.selectFrom("reportSubscription").select("id").execute();
  t.equal(subscriptions.length, 1, "not that of all instead");
  const all = await user.html(URL);
  t.match(all, 'aria-checked="false"', "that of all is another one");
  t.match(readable(all), "По понедельникам приходят отчёты: Пекарня, тег «Москва»");

  const setRight = (organizationId: number) =>
    db.updateTable("userOrganization").set({ organizationId }).execute();
  await setRight(monitor.there);
  t.notMatch(await user.html(URL), "Пекарня", "what may not be seen any more is not named");
  await setRight(here);

  const monday = Date.parse("2026-11-30T08:00+03:00");
  clock.set(monday - MINUTE_MS);
  await sendWeeklyReports(db, clock());
  t.same(await weeklyOf(monitor), []);
  clock.set(monday);
  await sendWeeklyReports(db, clock());
  await sendWeeklyReports(db, clock());
  const [text, ...more] = await weeklyOf(monitor);
  t.same(more, []);
  t.match(text, {
    title: /^Доступность обмена 100\u00A0%: 23–29 ноября 2026$/,
    paragraphs: ["Организация: Пекарня\nТег: Москва", /0 сбоев/],
    open: { url: `https://pos.example.ru${URL}?from=2026-11-23&to=2026-11-29&organization=${here}&tag=1` },
  });
  clock.advance(7 * DAY_MS - MINUTE_MS);
  await app.notifications.dropStale();
  await app.notifications.tick();
  await waitFor(() => /^Доступность обмена 100/.test(mail.mails()[0]?.headers.subject ?? ""));

  clock.advance(MINUTE_MS);
  await db.deleteFrom("userOrganization").execute();
  await sendWeeklyReports(db, clock());
  t.equal((await weeklyOf(monitor)).length, 1, "a right that was taken away tells no more");
  await user.post(`${URL}/subscriptions/end`, { tag: "1", organization: String(here) });
});
