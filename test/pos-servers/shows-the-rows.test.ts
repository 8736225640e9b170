import t from "tap";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import type { Reported } from "../helpers/outcomes.ts";
import { getHtml, getMenu, getPage, hrefOf, idsOf, rowsOf, segmentsOf, textOf } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";

const STOPPED = { name: "iikoCard5POS", state: "stopped" as const, startedAt: null };

/** One POS server in each state that the table shows, and one of each that it does not. */
async function startMixedMonitor(t: Parameters<typeof startMonitor>[0]) {
  const monitor = await startMonitor(t);
  await addRow(monitor.db, "setting", { key: "requiredVersion", value: '"34.2"' });
  const ids: Record<string, number> = {};
  const first = "synced update_required sync_stale sync_error service_stopped not_serving pending";
  for (const name of first.split(" ")) ids[name] = await monitor.addPosServer({ name });
  const report = (name: string, reported?: Reported) => monitor.report(ids[name] ?? 0, reported);
  const address = "http://10.8.3.99:9000/pos/";
  ids.unreachable = await monitor.addPosServer({ name: "unreachable", address });
  ids.unsupported = await monitor.addPosServer({ name: "unsupported" });
  ids.parked = await monitor.addPosServer({ name: "parked", isParked: true });
  await report("synced", { clockAheadMs: 4 * MINUTE_MS });
  await report("update_required", { version: "34.1.9" });
  await report("sync_stale", { syncedAgoMs: 2 * HOUR_MS + 41 * MINUTE_MS });
  await report("sync_error", { error: "нарушена целостность базы", syncedAgoMs: null });
  await report("service_stopped", { service: STOPPED, version: null });
  for (const outcome of ["ok", "failed", "failed"] as const)
    await report("not_serving", { checks: [{ id: "port", outcome, value: "7001" }] });
  await report("unreachable");
  await monitor.fail(ids.unreachable, "connect_timeout", "no connection within 3 s");
  await report("unsupported", { version: "33.9.9", error: "kept by nobody" });
  await report("parked", { error: "closed for the season" });
  return { monitor, ids };
}

t.test("the page has the columns of the original, worst rows first, in words", async (t) => {
  const { monitor, ids } = await startMixedMonitor(t);
  t.match(await monitor.app.inject("/"), { statusCode: 302, headers: { location: "/pos-servers" } });
  const body = await getHtml(monitor.app, "/pos-servers");
  const columns = [...body.matchAll(/<th [^>]*>([\s\S]*?)<\/th>/g)].map(([, cell = ""]) =>
    textOf(cell).replace(/ [↑↓↕]$/, ""),
  );
  t.same(columns, [
    ...["Состояние", "POS-сервер", "24 часа", "Версия", "Последнее обновление", "Последняя синхронизация"],
    ...["Ошибка последней синхронизации", "Что делать", "Другие действия"],
  ]);
  const rows = rowsOf(body);
  const states = rows.map(({ state }) => state).join(" ");
  const problems = "sync_error service_stopped not_serving unreachable sync_stale";
  t.equal(states, `${problems} update_required pending synced`);
  const textOfRow = (state: string) =>
    rows.find(({ id }) => id === ids[state])?.text.replaceAll("\u00A0", " ");
  t.match(
    textOfRow("synced"),
    /^Синхронизирован только что synced часы ООО «Вкусный дом» · CrmId 100237 34\.2\.117\.0 меньше 2 мин меньше 2 мин — ⋯$/,
  );
  t.match(rows.find(({ id }) => id === ids.synced)?.html, 'title="Часы POS-сервера спешат на 4\u00A0мин"');
  t.match(textOfRow("update_required"), /^Требуется обновление .* 34\.1\.9 → 34\.2 /);
  const { html: stale = "" } = rows.find(({ id }) => id === ids.sync_stale) ?? {};
  t.match(stale, '<time datetime="2026-11-24T07:19:00Z" title="24.11 10:19">', "which the browser counts on");
  t.match(
    textOfRow("sync_stale"),
    /^Давно не было обмена 2 ч 41 мин .* меньше 2 мин 2 ч 41 мин 24\.11 10:19 Ошибок нет, но и обменов в логах нет с 10:19 Получить логи /,
  );
  t.match(
    textOfRow("sync_error"),
    /^Ошибка синхронизации только что новая .* меньше 2 мин — База данных повреждена, изменения программ не применяются Сбросить БД POSа /,
  );
  const stopped = /^Служба остановлена .* неизвестна .* Служба остановлена Запустить службу /;
  t.match(textOfRow("service_stopped"), stopped);
  t.match(textOfRow("pending"), /^Ожидает опроса .* — ещё не было — — /);
  const silent = /^Нет связи .* unreachable HTTP .* POS-сервер не отвечает Проверить связь /;
  t.match(textOfRow("unreachable"), silent);
  const unreachable = rows.find(({ id }) => id === ids.unreachable)?.html;
  t.match(unreachable, 'title="10.8.3.99:9000/pos/"');
  t.match(unreachable, 'title="Соединение с POS-сервером не установлено: no connection within 3 s"');
  const [unsupported] = rowsOf(await getHtml(monitor.app, "/pos-servers?state=unsupported"));
  t.match(unsupported, { state: "unsupported", text: /unsupported .* 33\.9\.9 .* 10\.8\.3\.\d+/ });
  t.notMatch(unsupported?.text, "kept by nobody");
  const [parked] = rowsOf(await getHtml(monitor.app, "/pos-servers?scope=parked"));
  t.match(parked, { html: "data-parked", text: /^Опрос приостановлен parked / });
});

t.test("the menu of a row offers what can work, and leads to the page of its list", async (t) => {
  const { monitor, ids } = await startMixedMonitor(t);
  const withoutAddress = await monitor.addPosServer({ address: null });
  const menuOf = async (id = 0) => await getMenu(monitor.app, id);
  const actionsOf = async (id = 0) =>
    [...(await menuOf(id)).matchAll(/data-dialog href="\/pos-servers\/(\d+)\/([^"]+)\/new">/g)].map(
      ([, ofId, action]) => (Number(ofId) === id ? action : `${action} of ${ofId}`),
    );
  const registry = ["tags", "parking"];
  t.equal(
    textOf(await menuOf(ids.synced)).replaceAll("\u00A0", " "),
    "synced Синхронизирован · только что ООО «Вкусный дом» Занимаюсь до 15:00, потом снимется само Проверить связь Получить логи Сбросить БД POSа прежняя база останется в резерве Теги Приостановить опрос Открыть POS-сервер",
  );
  t.same(await actionsOf(ids.synced), ["log-requests", "database-resets", ...registry]);
  t.same(await actionsOf(ids.unreachable), ["log-requests", "database-resets", ...registry]);
  t.match(await menuOf(ids.sync_error), `href="/log-searches/new?posServer=${ids.sync_error}"`);
  const stopped = ["log-requests", "service-starts", "database-resets", ...registry];
  t.same(await actionsOf(ids.service_stopped), stopped);
  t.same(await actionsOf(withoutAddress), registry);
  t.same(await actionsOf(ids.unsupported), registry);
  t.match(textOf(await menuOf(ids.parked)), /^parked Опрос приостановлен ООО «Вкусный дом» Получить логи /);

  const pageUrl = `/pos-servers/${ids.synced}?sort=-name`;
  const menuUrl = `/pos-servers/${ids.synced}/menu?sort=-name&page=2`;
  const menu = await getPage(monitor.app, menuUrl, { refresh: {} });
  t.equal(hrefOf(menu.body, /class="to-page"/), pageUrl);
  t.match(menu.headers, { vary: "HX-Request-Type, Cookie" });
  t.match(await getPage(monitor.app, menuUrl), { statusCode: 303, headers: { location: pageUrl } });
  const { html = "" } = rowsOf(await getHtml(monitor.app, "/pos-servers?sort=-name"))[0] ?? {};
  t.match(hrefOf(html, /class="others-button"/), /^\/pos-servers\/\d+\?sort=-name$/, "as does «⋯»");
});

t.test("each segment stays, counts its state and shows all of it, whatever the period", async (t) => {
  const { monitor, ids } = await startMixedMonitor(t);
  const all = await getHtml(monitor.app, "/pos-servers");
  const none = await getHtml(monitor.app, "/pos-servers?q=nothing-like-it");
  t.same(Object.keys(segmentsOf(none)).sort(), Object.keys(segmentsOf(all)).sort());
  t.same(new Set(Object.values(segmentsOf(none))), new Set([0]));
  t.match(all, /class="segment segment-more"[^>]*><span>ещё<\/span> <b>3</);
  const inRow = (body: string) =>
    body.slice(0, body.indexOf("segment-more")).includes('id="segment-not_serving"');
  t.ok(inRow(all), "a problem is never out of sight");
  t.notOk(inRow(none));
  t.match(none, /class="segment segment-more segment-zero"[^>]*><span>ещё<\/span> <b>0</);

  monitor.clock.advance(3 * 24 * HOUR_MS);
  const body = await getHtml(monitor.app, "/pos-servers");
  const counts = segmentsOf(body);
  const once = Object.keys(ids).map((state) => [state, 1]);
  t.same(counts, { ...Object.fromEntries(once), all: 8, closed: 0 });
  for (const state of Object.keys(ids)) {
    const url = hrefOf(body, new RegExp(`id="segment-${state}"`));
    const shown = await getHtml(monitor.app, url);
    t.same(idsOf(shown), [ids[state]], `${state} at ${url}`);
    t.match(shown, new RegExp(`id="segment-${state}"[^>]*aria-current="true"`));
    t.same(segmentsOf(shown), counts, "and keeps the counts");
  }
});

t.test("segments stay within organization and search, and drop what else narrows the list", async (t) => {
  const monitor = await startMonitor(t);
  const [first, second] = [await monitor.addOrganization("Первая"), await monitor.addOrganization("Вторая")];
  const add = async (organizationId: number, name: string, error?: string) => {
    const id = await monitor.addPosServer({ organizationId, name });
    await monitor.report(id, error ? { error } : {});
    return id;
  };
  const arbat = await add(first, "Арбат", "boom");
  for (const name of ["Тверская", "Арбат, закрыт"]) await add(first, name);
  await add(second, "Арбат", "boom");
  const counted = async (query: string) => segmentsOf(await getHtml(monitor.app, `/pos-servers?${query}`));
  t.match(await counted(`organization=${first}`), { all: 3, sync_error: 1, synced: 2 });
  t.match(await counted(`organization=${first}&q=арбат`), { all: 2, sync_error: 1, synced: 1 });
  t.match(await counted("q=арбат"), { all: 3, sync_error: 2, synced: 1 });
  const query = `organization=${first}&q=арбат&period=3&unit=hours&hideSynced=1&sort=-name&page=2&change=new`;
  const body = await getHtml(monitor.app, `/pos-servers?${query}`);
  const url = hrefOf(body, /id="segment-sync_error"/);
  t.equal(decodeURI(url), `/pos-servers?organization=${first}&state=sync_error&q=арбат&sort=-name`);
  t.same(idsOf(await getHtml(monitor.app, url)), [arbat]);
  const all = decodeURI(hrefOf(body, /id="segment-all"/));
  t.equal(all, `/pos-servers?organization=${first}&q=арбат&sort=-name`);
});

t.test("of a long name the house number is kept apart, which is never cut", async (t) => {
  const monitor = await startMonitor(t);
  const NAMES: Record<string, string[]> = {
    "Тверская, 12": ["Тверская, 12"],
    "Комсомольский проспект, 32": ["Комсомольский проспект,", " 32"],
    "Ресторан, который всегда открыт": ["Ресторан, который всегда открыт"],
    ", 12 и ещё что-нибудь": [", 12 и ещё что-нибудь"],
  };
  for (const name of Object.keys(NAMES)) await monitor.addPosServer({ name });
  for (const { html } of rowsOf(await getHtml(monitor.app, "/pos-servers"))) {
    const name = textOf(html.match(/<a class="name".*?<\/a>/s)?.[0] ?? "").replace(",  ", ", ");
    const parts = [...html.matchAll(/<span class="name-(?:start|end)">([^<]*)</g)].map(([, part]) => part);
    t.same(parts, NAMES[name], name);
  }
});
