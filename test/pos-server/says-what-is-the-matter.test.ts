import t from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, idsOf, rowsOf, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";

/** The card of the state: its text, and the blue button. */
async function cardOf(monitor: TestMonitor, id: number) {
  const body = await getHtml(monitor.app, `/pos-servers/${id}`);
  const [card = ""] = /<section class="state-card"[\s\S]*?<\/section>/.exec(body) ?? [];
  const [, button = ""] = /class="button button-primary"[^>]*>([^<]*)</.exec(card) ?? [];
  return { text: textOf(card).replaceAll("\u00A0", " "), button, html: card };
}

const HELD = { id: "database", outcome: "ok", value: "sqlite", detail: "held:iikoCard5, nightly" } as const;
const NOT_FOUND = { id: "main_server_dns", outcome: "failed", value: "iiko", detail: "ENOTFOUND" } as const;

/** What a POS server was through, and what its card then says and recommends. */
const CASES: Record<string, [(monitor: TestMonitor, id: number) => Promise<void>, RegExp, string]> = {
  "a damaged database": [
    async ({ report, clock }, id) => {
      await report(id);
      clock.advance(3 * HOUR_MS);
      await report(id, { error: "нарушена целостность базы", syncedAgoMs: 3 * HOUR_MS });
    },
    /^Ошибка синхронизации с 16:00 · только что База данных повреждена, изменения программ не применяются На кассах ресторана — акции и счета гостей по состоянию на 13:00\. Оплата со счёта гостя остановится через 21 ч\. Что делать Сбросьте базу данных: .* Операции после 13:00 могут быть не переданы на главный сервер\. .*Ошибка целиком нарушена целостность базы$/,
    "Сбросить БД POSа",
  ],
  "one that waits for its agent": [
    ({ db }, id) => changeRows(db, "posServer", { address: null, computer: "KASSA-12" }, { id }),
    /^Ожидает опроса .* Ждём агента с компьютера KASSA-12 Агент найдёт этот POS-сервер сам\. Команду/,
    "",
  ],
  "an exchange that nobody hears of": [
    async ({ report }, id) => report(id, { syncedAgoMs: 20 * MINUTE_MS }),
    /^Давно не было обмена .* Обмена не было с 12:40, но и ошибки в логе не видно На кассах/,
    "Получить логи",
  ],
  "a database that another program holds": [
    async ({ report }, id) => report(id, { error: "database is locked", checks: [HELD] }),
    /Файлы базы данных занял другой процесс .* Что делать · Освободить базу Закройте .* Сейчас они открыты в программах: nightly\./,
    "",
  ],
  "an agent whose patterns no longer work": [
    async ({ report }, id) => {
      const unusablePatterns = ["/logs/failed/0: invalid or unsupported Perl syntax: `(?=`"];
      await report(id, { syncedAgoMs: null, logs: { found: true, unusablePatterns } });
    },
    /^Давно не было обмена .* Как искать обмен в логах, агент больше не знает .* Что делать Исправьте шаблоны, .*переданы отсюда.*Ошибка целиком \/logs\/failed\/0: invalid or unsupported Perl syntax: `\(\?=`$/,
    "Получить логи",
  ],
  "an agent that finds no logs": [
    async ({ report }, id) => {
      const agent = { configurationId: null };
      await report(id, { syncedAgoMs: 2 * HOUR_MS, logs: { found: false, unmatched: false }, agent });
    },
    /Агент не находит логов POS-сервера Работает ли обмен, неизвестно\. Последний обмен — 2 ч назад\. Что делать · Найти логи Проверьте на компьютере/,
    "",
  ],
  "a service that answers no till": [
    async ({ report }, id) => {
      for (const outcome of ["ok", "failed", "failed"] as const)
        await report(id, { checks: [{ id: "port", outcome, value: "7001", detail: null }] });
    },
    /^Не отвечает кассам с 13:00 .* Служба работает, но кассам не отвечает Кассы не видят POS-сервер: .* Что делать · Перезапустить Перезапустите службу/,
    "",
  ],
  "a main server that is not found, as a check tells": [
    async ({ report }, id) =>
      report(id, { error: "Exchange failed", syncedAgoMs: 5 * MINUTE_MS, checks: [NOT_FOUND] }),
    /POS-сервер не находит главный сервер по имени \(DNS\) .* Обмена нет меньше 10 минут: обычно такое проходит само\. Что делать · Проверить сеть Проверьте в ресторане интернет и DNS/,
    "",
  ],
  "a stopped service": [
    async ({ report }, id) =>
      report(id, { service: { name: "iikoCard5POS", state: "stopped", startedAt: null } }),
    /Служба iikoCard5POS остановлена Кассы не видят POS-сервер: .* Что делать Запустите службу/,
    "Запустить службу",
  ],
  "no answer any more": [
    async ({ report, fail, clock }, id) => {
      await report(id);
      clock.advance(10 * MINUTE_MS);
      await fail(id, "connect_refused");
    },
    /^Нет связи с 13:10 .* POS-сервер не отвечает POS-сервер не принимает соединения. Работает ли обмен, неизвестно: последний раз POS-сервер ответил в 13:00\. Что делать Проверьте связь/,
    "Проверить связь",
  ],
  "no answer since yesterday": [
    async ({ report, fail, clock }, id) => {
      await report(id);
      clock.advance(24 * HOUR_MS);
      await fail(id, "connect_refused");
    },
    /последний раз POS-сервер ответил 24\.11 в 13:00\. Что делать/,
    "Проверить связь",
  ],
  "a refused token": [
    async ({ fail }, id) => fail(id, "unauthorized"),
    /Работает ли обмен, неизвестно: POS-сервер ещё ни разу не ответил\. Что делать Подключите POS-сервер заново/,
    "Подключить заново",
  ],
  "another CrmId": [
    async ({ fail }, id) => fail(id, "wrong_crm_id", "crmId 100300"),
    /Работает ли обмен, неизвестно\. Что делать POS-сервер сообщает CrmId 100300: такой организации в Poswatch нет или она в архиве\. У его организации в Poswatch другой CrmId\. Проверьте/,
    "Исправить CrmId",
  ],
  "the CrmId of another organization": [
    async ({ addOrganization, fail }, id) => {
      await addOrganization("Пекарня", "100300");
      await fail(id, "wrong_crm_id", "crmId 100300");
    },
    /Что делать POS-сервер сообщает CrmId 100300 — это Пекарня\. Если это верно, перенесите POS-сервер в неё\./,
    "Перенести",
  ],
  nothing: [
    async ({ report }, id) => report(id),
    /^Синхронизирован с 13:00 · только что Обмен работает Последний обмен — меньше 2 мин назад\.$/,
    "",
  ],
  "nobody has asked yet": [async () => {}, /^Ожидает опроса .* Ждём первого ответа POS-сервера$/, ""],
  parking: [
    async ({ app, clock }, id) => setParked(app.database.db, id, true, clock()),
    /^Опрос приостановлен с 13:00 .* POS-сервер не опрашивается /,
    "Возобновить опрос",
  ],
};

for (const [name, [happens, expected, button]] of Object.entries(CASES)) {
  t.test(`what is the matter, what it means and what to do: ${name}`, async (t) => {
    const monitor = await startMonitor(t);
    const id = await monitor.addPosServer();
    await happens(monitor, id);
    const card = await cardOf(monitor, id);
    t.match(card.text, expected);
    t.equal(card.button, button);
  });
}

t.test("payment stops when the settings say so", async (t) => {
  const monitor = await startMonitor(t);
  const setting = { key: "paymentStopsAfterMs", value: String(12 * HOUR_MS) };
  await monitor.db.insertInto("setting").values(setting).execute();
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "ошибка 17", syncedAgoMs: 3 * HOUR_MS });
  t.match((await cardOf(monitor, id)).text, /Оплата со счёта гостя остановится через 9 ч\./);
  await monitor.report(id, { error: "ошибка 17", syncedAgoMs: 13 * HOUR_MS });
  t.match(await cardOf(monitor, id), {
    text: /ошибка 17 На кассах .* Обмена нет больше 12 ч: оплата со счёта гостя на кассах уже не работает\. Что делать Получите логи/,
    button: "Получить логи",
  });
});

t.test("what many have in common is not to be mended here, and leads to all of them", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 6);
  for (const id of ids) await monitor.report(id, { error: "Главный сервер не ответил" });
  const { text, button, html } = await cardOf(monitor, ids[0] ?? 0);
  t.match(text, /Такая же ошибка у 6 POS-серверов: дело, вероятно, в главном сервере/);
  t.equal(button, "");
  const [, url = ""] = /class="todo-more [^"]*" href="([^"]*)"/.exec(html) ?? [];
  t.same(idsOf(await getHtml(monitor.app, url.replaceAll("&amp;", "&"))).sort(), ids);
});

t.test("an outdated version says by whom it is updated", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0] = await addExchanging(monitor, 5);
  await monitor.report(id, { version: "34.1.0.0" });
  monitor.clock.advance(10_000);
  await monitor.report(id, { version: "34.1.0.0" });
  t.match(
    (await cardOf(monitor, id)).text,
    /Обмен работает, но версия устарела .* Что делать · Обновить версию Обновите POS-сервер до версии 34\.2\.117\.0 или новее/,
  );
  const [row] = rowsOf(await getHtml(monitor.app, "/pos-servers?state=update_required"));
  const link = new RegExp(`class="step-link link" href="/pos-servers/${id}[?"][^>]*>Обновить версию <`);
  t.match(row?.html, link, "so does the list");
  await monitor.report(id, { version: "33.1.0.0" });
  t.match(
    (await cardOf(monitor, id)).text,
    /Версию 33\.1\.0\.0 Poswatch не поддерживает Что делать · Обновить версию Обновите POS-сервер до версии 34 или новее/,
  );
});
