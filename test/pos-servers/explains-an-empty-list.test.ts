import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, getPage, getText, hrefOf, rowsOf, textOf } from "../helpers/page.ts";

const DAY_MS = 86_400_000;

t.test("without any POS server it says how to add one", async (t) => {
  const monitor = await startMonitor(t);
  const body = await getHtml(monitor.app, "/pos-servers?list=1");
  t.match(textOf(body), "POS-серверов пока нет");
  t.match(body, /<a class="button" href="\/first-start">/);
  t.match(body, /<a class="button" href="\/organizations">/);
  t.notMatch(body, "<table");
});

t.test("when only healthy ones are hidden there are no problems", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const body = await getHtml(monitor.app, "/pos-servers?hideSynced=1");
  t.match(textOf(body), "Проблем нет");
  t.equal(hrefOf(body, /class="button"/), "/pos-servers");
});

t.test("when nothing was updated within the period it offers any time", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  monitor.clock.advance(2 * DAY_MS);
  const body = await getHtml(monitor.app, "/pos-servers");
  t.match(textOf(body), "Ничего не найдено");
  t.match(textOf(body), "который обновлялся за 1 день,");
  const wider = await getPage(monitor.app, hrefOf(body, /class="button"/));
  t.same(
    rowsOf(wider.body).map((row) => row.id),
    [id],
  );
});

t.test("when a search finds nothing it offers to show all", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const body = await getHtml(monitor.app, "/pos-servers?state=synced&q=zzz");
  t.match(textOf(body), "Ни один POS-сервер не подходит под условия.");
  t.equal(hrefOf(body, /class="button"/), "/pos-servers");
});

t.test("when none is outside the period that is good news", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  t.match(await getText(monitor.app, "/pos-servers?scope=outside"), "Все POS-серверы обновлялись недавно.");
});
