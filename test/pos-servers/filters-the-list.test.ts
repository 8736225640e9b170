import t from "tap";
import { DAY_MS, HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getText, hrefOf, idsOf, textOf } from "../helpers/page.ts";

async function idsAt(monitor: TestMonitor, url: string): Promise<number[]> {
  return idsOf(await getHtml(monitor.app, url)).sort((left, right) => left - right);
}

/** POS servers that were last updated so long ago, ms. */
async function addUpdatedAgo(monitor: TestMonitor, agesMs: number[]): Promise<number[]> {
  const now = monitor.clock();
  const ids: number[] = [];
  for (const ageMs of agesMs) {
    monitor.clock.set(now - ageMs);
    const id = await monitor.addPosServer();
    await monitor.report(id);
    ids.push(id);
  }
  monitor.clock.set(now);
  return ids;
}

t.test("the last update is within a day unless another period is asked for, its edge included", async (t) => {
  const monitor = await startMonitor(t);
  const [recent = 0, atEdge = 0, outside = 0] = await addUpdatedAgo(monitor, [HOUR_MS, DAY_MS, DAY_MS + 1]);
  t.same(await idsAt(monitor, "/pos-servers"), [recent, atEdge]);
  t.same(await idsAt(monitor, "/pos-servers?period=2&unit=days"), [recent, atEdge, outside]);
  t.same(await idsAt(monitor, "/pos-servers?period=2&unit=hours"), [recent]);
  t.same(await idsAt(monitor, "/pos-servers?period=59&unit=minutes"), []);
});

/** What the line about silent ones says; empty without one. */
function silentLine(body: string): string {
  return textOf(body.match(/<p class="silent">[\s\S]*?<\/p>/)?.[0] ?? "").replaceAll("\u00A0", " ");
}

t.test("a line names the two that have been silent longest, counts the others and shows them", async (t) => {
  const monitor = await startMonitor(t);
  const [, ...silent] = await addUpdatedAgo(monitor, [0, 2 * DAY_MS, 3 * DAY_MS, 28 * HOUR_MS]);
  const body = await getHtml(monitor.app, "/pos-servers");
  t.match(
    silentLine(body),
    /^⚠ 3 POS-сервера молчат больше 1 дня: Тверская, \d+ 3 дня Тверская, \d+ 2 дня и ещё 1 Показать$/,
  );
  t.same(await idsAt(monitor, hrefOf(body, /scope=outside/)), silent);
  t.equal(silentLine(await getHtml(monitor.app, "/pos-servers?scope=outside")), "");

  const hidden = await getHtml(monitor.app, "/pos-servers?hideSynced=1");
  t.same(idsOf(hidden), []);
  t.match(silentLine(hidden), "3 POS-сервера молчат", "those that exchange, too");
  t.same(await idsAt(monitor, hrefOf(hidden, /scope=outside/)), silent);
});

t.test("what has never answered is listed whatever the period, and is not called silent", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.fail(id);
  monitor.clock.advance(30 * DAY_MS);
  for (const url of ["/pos-servers", "/pos-servers?period=1&unit=minutes&hideSynced=1"]) {
    const body = await getHtml(monitor.app, url);
    t.same(idsOf(body), [id], url);
    t.equal(silentLine(body), "", url);
  }
  t.same(await idsAt(monitor, "/pos-servers?scope=outside"), []);
});

t.test("the form keeps what was asked for and can be sent again", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addOrganization("Вкусный дом", "100237");
  const url = `/pos-servers?organization=${id}&period=3&unit=hours&hideSynced=1&state=sync_error&q=%D0%90%D1%80%D0%B1%D0%B0%D1%82&sort=-name`;
  const body = await getHtml(monitor.app, url);
  t.match(body, new RegExp(`<option value="${id}" selected>Вкусный дом · 100237</option>`));
  t.match(body, /<input id="period"[^>]* value="3"/);
  t.match(body, '<option value="hours" selected>часы</option>');
  t.match(body, /<input id="q"[^>]* value="Арбат"/);
  t.match(body, /name="hideSynced" value="1" data-at-once checked>/);
  t.match(body, '<input type="hidden" name="state" value="sync_error">');
  t.match(body, '<input type="hidden" name="sort" value="-name">');
  const empty = await getHtml(monitor.app, "/pos-servers?organization=&period=&unit=days&q=");
  t.match(empty, /<input id="period"[^>]* value="1"/, "an empty form is the default");
});

t.test("what became a problem or recovered within the hour is shown on demand", async (t) => {
  const monitor = await startMonitor(t);
  const [longBroken = 0, fresh = 0, recovered = 0, healthy = 0] = await addExchanging(monitor, 4);
  await monitor.report(longBroken, { error: "boom" });
  await monitor.report(recovered, { error: "boom" });
  monitor.clock.advance(2 * HOUR_MS);
  await monitor.report(longBroken, { error: "another error is no new problem" });
  await monitor.fail(longBroken);
  await monitor.report(fresh, { error: "boom" });
  await monitor.report(recovered);
  await monitor.report(healthy);
  t.same(await idsAt(monitor, "/pos-servers?change=new"), [fresh]);
  t.same(await idsAt(monitor, "/pos-servers?change=recovered"), [recovered]);
  monitor.clock.advance(HOUR_MS);
  t.same(await idsAt(monitor, "/pos-servers?change=new"), []);
  t.same(await idsAt(monitor, "/pos-servers?change=recovered"), []);
});

t.test("an empty list says why it is empty, and leads on", async (t) => {
  const monitor = await startMonitor(t);
  const none = await getHtml(monitor.app, "/pos-servers?list=1");
  t.match(textOf(none), "POS-серверов пока нет");
  for (const way of ["first-start", "organizations"]) t.match(none, `<a class="button" href="/${way}">`);
  t.notMatch(none, "<table");

  const id = await monitor.addPosServer();
  await monitor.report(id);
  t.match(await getText(monitor.app, "/pos-servers?scope=outside"), "Все POS-серверы обновлялись недавно.");
  for (const [query, why] of [
    ["hideSynced=1", "Проблем нет"],
    ["state=synced&q=zzz", "Ни один POS-сервер не подходит под условия."],
  ]) {
    const body = await getHtml(monitor.app, `/pos-servers?${query}`);
    t.match(textOf(body), why);
    t.equal(hrefOf(body, /class="button"/), "/pos-servers");
  }
  monitor.clock.advance(2 * DAY_MS);
  const old = await getHtml(monitor.app, "/pos-servers");
  t.match(textOf(old), /Ничего не найдено.*который обновлялся за 1 день,/);
  t.same(await idsAt(monitor, hrefOf(old, /class="button"/)), [id]);
});
