import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { DAY_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { getHtml, getPage, signedIn, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";

/** The incidents of the list as they are read, in their order. */
function listedOf(html: string): string[] {
  return [...html.matchAll(/<li id="incident-\d+"[\s\S]*?<\/li>/g)].map(([row]) => textOf(row));
}

function segmentsOf(html: string): string[] {
  return [...html.matchAll(/id="segment-\w+"[\s\S]*?<\/a>/g)].map(([segment]) =>
    textOf(`<a ${segment}`).replace(/^.*?>/, ""),
  );
}

t.test("what is open, new and over stands in a list each, the newest first", async (t) => {
  const monitor = await startMonitor(t);
  const page = async (query = "") => await getHtml(monitor.app, `/incidents${query}`);
  const says = async (text: string) => t.match(textOf(await page()), `Открытых инцидентов нет ${text}.`);
  await says("POS-серверов пока нет");
  const other = await monitor.addOrganization("Пекарня №1", "100512");
  const first = await monitor.addPosServer({ name: "Тверская, 12", organizationId: other });
  const second = await monitor.addPosServer({ name: "Арбат, 5", organizationId: other });
  await says("Ни один POS-сервер ещё не ответил");
  await monitor.report(first);
  await says("Все POS-серверы, которые уже ответили, обмениваются с главным сервером");
  await monitor.report(second);
  await says("Все POS-серверы обмениваются с главным сервером");
  await monitor.report(first, { error: "Нет места на диске", syncedAgoMs: 0 });
  monitor.clock.advance(2 * DAY_MS);
  await monitor.report(second, { error: "Unknown failure", syncedAgoMs: 0 });
  monitor.clock.advance(24 * MINUTE_MS);
  t.same(listedOf(await page()), [
    "Ошибка синхронизации Арбат, 5 Пекарня №1 · CrmId 100512 Unknown failure 13:00 24 мин",
    "Ошибка синхронизации Тверская, 12 Пекарня №1 · CrmId 100512 На диске POS-сервера закончилось место 24.11 13:00 2 дня",
  ]);
  t.match(segmentsOf(await page()), [/Открытые 2$/, /Новые за сутки 1$/, /Закрытые за сутки 0$/]);
  t.match(listedOf(await page("?show=new")), [/Арбат/]);
  await monitor.report(second);
  const closed = /^Закрыт Арбат, 5 .* Unknown failure 13:00 –13:24 восстановлено за 24 мин$/;
  t.match(listedOf(await page("?show=closed")), [closed]);
  const segments = segmentsOf(await page("?period=week"));
  t.match(segments, [/Открытые 1$/, /Новые за неделю 2$/, /Закрытые за неделю 1$/]);
  monitor.clock.advance(2 * DAY_MS);
  const none = textOf(await page("?show=closed"));
  t.match(none, "Закрытых инцидентов за сутки нет Измените условия или период. Показать за месяц");
  const english = await getHtml(monitor.app, "/incidents?show=closed&period=month", { language: "en" });
  t.match(listedOf(english), [/13:00 –13:24 restored after 24 min$/]);
});

t.test("it is as old as the problem of its POS server, also when that is corrected", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ name: "Арбат, 5" });
  await monitor.report(id, { error: "беда", syncedAgoMs: null });
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, { error: "беда", syncedAgoMs: 12 * DAY_MS });
  for (const path of ["/pos-servers", `/pos-servers/${id}`, "/incidents", "/incidents/1"])
    t.match(textOf(await getHtml(monitor.app, path)), "12 дней", path);
});

t.test("it is narrowed by organization, kind and POS server, whose history leads there", async (t) => {
  const monitor = await startMonitor(t);
  const first = await monitor.addOrganization("Вкусный дом");
  const second = await monitor.addOrganization("Пекарня");
  const ids = await addExchanging(monitor, 6, [first, second]);
  await breakAll(monitor, ids.slice(0, 5));
  const lonely = await monitor.addPosServer({ name: "Ёлочная, 7", organizationId: second });
  await monitor.report(lonely, { error: "беда" });
  const page = async (query: string) => listedOf(await getHtml(monitor.app, `/incidents?${query}`));
  t.match(await page(""), [
    /5 POS-серверов не обмениваются 2 организации Главный сервер не ответил/,
    /Ёлочная, 7/,
  ]);
  t.match(await page("kind=common"), [/5 POS-серверов/]);
  t.match(await page("kind=single"), [/Ёлочная/]);
  t.match(await page(`organization=${first}`), [/3 POS-сервера не обмениваются 1 организация/]);
  t.match(await page("q=ЕЛОЧНАЯ"), [/Ёлочная/]);
  t.match(await page(`q=${encodeURIComponent("Тверская, 3")}`), [/5 POS-серверов/], "by one of many");
  t.match(await page("q=беда"), [/Ёлочная/], "by its error");
  t.match(await page("q=вкусный"), [/5 POS-серверов/], "by organization");
  t.same(await page("q=nothing"), []);
  const history = await getHtml(monitor.app, `/pos-servers/${lonely}`);
  t.match(history, `href="/incidents?show=new&amp;period=month&amp;posServer=${lonely}"`);
  const ofIt = await getHtml(monitor.app, `/incidents?posServer=${lonely}`);
  t.match(listedOf(ofIt), [/Ёлочная/]);
  t.match(textOf(ofIt), "POS-сервер: Ёлочная, 7 ×");
  t.match(ofIt, /<a class="condition" href="\/incidents"/);
  t.match(ofIt, /href="\/incidents\/\d+\?posServer=/, "its page leads back to this list");
  const unknown = await getHtml(monitor.app, "/incidents?posServer=999");
  t.match(textOf(unknown), "POS-сервера с номером «999» у вас нет. Показаны инциденты всех.");
  t.match(textOf(history), "Инцидент");
});

t.test("what the address says wrong is named beside its field, and the usual list is shown", async (t) => {
  const monitor = await startMonitor(t);
  const query = "show=x&period=year&kind=%3Cb%3E&organization=99&page=0";
  const { statusCode, body } = await getPage(monitor.app, `/incidents?${query}`);
  t.equal(statusCode, 200);
  const text = textOf(body);
  for (const problem of [
    "Списка «x» нет. Показаны открытые инциденты.",
    "Периода «year» нет. Показаны сутки.",
    "Вида «<b>» нет. Показаны все.",
    "Организации с номером «99» у вас нет. Показаны все.",
    "Страницы «0» нет. Показана ближайшая.",
  ])
    t.match(text, problem);
  t.match(body, /<select id="period"[^>]*aria-invalid="true"[^>]*aria-describedby="problem-period"/);
  t.notMatch(body, "<b>» нет");
});

t.test("fifty stand on a page, with a way to the others", async (t) => {
  const monitor = await startMonitor(t);
  for (let index = 0; index < 51; index++) {
    monitor.clock.advance(11 * MINUTE_MS);
    const error = `беда ${"абвгдежзиклмнопрстуфхцчшщ"[index % 25]}`;
    await monitor.report(await monitor.addPosServer(), { error });
  }
  const first = await getHtml(monitor.app, "/incidents");
  t.equal(listedOf(first).length, 50);
  t.match(first, /href="\/incidents\?page=2" rel="next"/);
  const second = await getHtml(monitor.app, "/incidents?page=2");
  t.equal(listedOf(second).length, 1);
  t.match(second, /href="\/incidents" rel="prev"/);
  t.match(textOf(second), "← Новее 51–51 из 51");
});

t.test("somebody sees and counts what is theirs, and no incident of others", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Свои");
  const other = await monitor.addOrganization("Чужие");
  const ids = await addExchanging(monitor, 6, [own, other]);
  await breakAll(monitor, ids);
  const strange = await monitor.addPosServer({ name: "Чужая, 1", organizationId: other });
  await monitor.report(strange, { error: "чужая беда" });
  const { id: strangeId } = await readRow(monitor.db, "incident", { posServerId: strange });
  const manager = await signedIn(monitor, { organizations: [own] });
  const body = await manager.html("/incidents");
  t.match(listedOf(body), [/3 POS-сервера не обмениваются 1 организация/]);
  t.match(segmentsOf(body)[0], /Открытые 1$/);
  t.notMatch(body, "Чужая");
  t.equal((await manager.get(`/incidents/${strangeId}`)).statusCode, 404);
  t.match(await manager.text(`/incidents?posServer=${strange}`), "у вас нет. Показаны инциденты всех.");
  t.equal((await manager.post(`/incidents/${strangeId}/takings`, { until: "hour" })).statusCode, 404);
  t.match(await manager.text(`/incidents?organization=${other}`), "у вас нет. Показаны все.");
  const common = await manager.get("/incidents/1");
  t.equal(common.statusCode, 200);
  t.notMatch(common.body, "Чужие");
  t.match(textOf(common.body), "Кого касается не обмениваются из затронутых Свои 3");
  await setArchived(monitor.db, own, 1);
  t.equal((await manager.get("/incidents/1")).statusCode, 404, "archived ones are shown to nobody");
});

t.test("a refresh costs nothing while nothing changes", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0] = await addExchanging(monitor, 1);
  await monitor.report(id, { error: "беда", syncedAgoMs: 0 });
  monitor.clock.advance(15 * MINUTE_MS);
  for (const url of ["/incidents", "/incidents/1"]) {
    const first = await getPage(monitor.app, url, { refresh: {} });
    const tag = String(first.headers["hx-ptag"]);
    t.match(first.body, "<hx-partial");
    monitor.clock.advance(MINUTE_MS);
    t.equal((await getPage(monitor.app, url, { refresh: { tag } })).statusCode, 304, url);
  }
  const { headers } = await getPage(monitor.app, "/incidents", { refresh: {} });
  await monitor.report(id);
  const again = await getPage(monitor.app, "/incidents", { refresh: { tag: String(headers["hx-ptag"]) } });
  t.equal(again.statusCode, 200);
});

t.test("nobody reads what the POS servers of others say, even of a common incident", async (t) => {
  const monitor = await startMonitor(t);
  const [own, other] = [await monitor.addOrganization("Свои"), await monitor.addOrganization("Чужие")];
  const [first = 0, ...ids] = await addExchanging(monitor, 6, [other, own]);
  await monitor.report(first, { error: "Сбой у «Чужая, 1»", syncedAgoMs: 0 });
  monitor.clock.advance(1_000);
  for (const id of ids) await monitor.report(id, { error: `Сбой у «Своя, ${id}»`, syncedAgoMs: 0 });
  const common = await readRow(monitor.db, "incident", { kind: "common" });
  const cause = await readRow(monitor.db, "cause", { id: common.causeId ?? 0 });
  t.equal(cause.detail, "Сбой у «Чужая, 1»");
  const manager = await signedIn(monitor, { organizations: [own] });
  const seen = async () =>
    [
      await manager.html("/incidents"),
      await manager.html(`/incidents/${common.id}`),
      await manager.html("/pos-servers"),
    ].join();
  t.match(await manager.text(`/incidents/${common.id}`), /Сбой у «Своя, \d»/);
  t.notMatch(await seen(), "Чужая");
  t.same(listedOf(await manager.html("/incidents?q=чужая")), []);
  for (const id of [first, ...ids])
    await monitor.report(id, { error: `Другой сбой «Чужая, ${id}»`, syncedAgoMs: 0 });
  t.notMatch(await manager.text(`/incidents/${common.id}`), "Сбой у «Чужая");
  for (const id of [first, ...ids]) await monitor.report(id);
  const over = await manager.html(`/incidents/${common.id}`);
  t.notMatch(over, "Чужая");
  t.match(textOf(over), "другой сбой #");
});
