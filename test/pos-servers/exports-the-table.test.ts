import t, { type Test } from "tap";
import { parseFilter } from "../../src/monitor/filter/filter.ts";
import { prepare } from "../../src/monitor/pos-servers/export.ts";
import type { OrganizationAccess } from "../../src/monitor/viewer/access.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { DAY_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, rowsOf, startFor, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { type ReadSheet, readWorkbook, shownDate } from "../helpers/workbook.ts";
import { readLooks } from "../helpers/workbook-looks.ts";
import { makeExport } from "../helpers/write-workbook.ts";

/** A chain with something for every filter: two organizations, every state, parked, old and unsupported ones. */
async function startChain(t: Test, access: () => OrganizationAccess = () => "all") {
  const monitor = await startMonitor(t, { access });
  const first = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const second = await monitor.addOrganization("Пекарня №1", "000512");
  const old = await monitor.addPosServer({ organizationId: second, name: "Давно не отвечал" });
  await monitor.report(old);
  monitor.clock.advance(3 * DAY_MS);
  await monitor.fail(old, "response_timeout", "headers took longer than 5000 ms");
  const ids = await addOneInEachState(monitor);
  monitor.clock.advance(10_000);
  await monitor.report(ids.outdated, { version: "34.0.12" });
  const parked = await monitor.addPosServer({ organizationId: second, name: "Закрыт", isParked: true });
  const unsupported = await monitor.addPosServer({ organizationId: second, name: "Старый" });
  await monitor.report(unsupported, { version: "33.1.0.0" });
  const foreign = await monitor.addPosServer({ organizationId: second, name: "Булочная, 2" });
  await monitor.report(foreign, { error: "код 42: нарушена целостность базы" });
  return { monitor, first, second, ids, old, parked, unsupported, foreign };
}

/** The file of a query. */
async function exportHere(
  { app, db, clock }: TestMonitor,
  query: string,
  organizations: OrganizationAccess = "all",
  language = "ru",
) {
  const { filter } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
  const { requiredVersion } = await app.fleet.stateRules();
  const asked = { filter, requiredVersion, commonFailures: await app.fleet.commonFailures() };
  const viewer = { user: null, organizations, ...presentationFor(language, "Europe/Moscow") };
  const bytes = await makeExport({ prepare }, db, viewer, asked, clock());
  return { bytes, sheets: await readWorkbook(bytes) };
}

/** The names on the page, in their order. */
async function namesOnPage({ app }: TestMonitor, query: string): Promise<string[]> {
  return rowsOf(await getHtml(app, `/pos-servers?${query}`)).map(({ html }) =>
    textOf(/<a class="name".*?<\/a>/s.exec(html)?.[0] ?? "").replace(",  ", ", "),
  );
}

function namesIn([table]: ReadSheet[]) {
  return tableOf(table).map((row) => row["POS-сервер"] ?? row["POS server"]);
}

t.test("the file has the rows of the page in its order, and says by which filter", async (t) => {
  const { monitor, second } = await startChain(t);
  const queries = [
    ...["", "q=nothing-of-the-kind", "period=2&unit=hours", "scope=parked"],
    ...["state=unsupported", "state=synced&hideSynced=1"],
    ...[`organization=${second}`, `q=${encodeURIComponent("ЦЕЛОСТНОСТЬ")}`],
    ...["period=30&sort=organization", "period=30&sort=-lastSyncAt"],
  ];
  for (const query of queries) {
    const { sheets } = await exportHere(monitor, query);
    t.same(namesIn(sheets), await namesOnPage(monitor, query), query);
  }

  const query = `organization=${second}&hideSynced=1&q=${encodeURIComponent("баз")}&sort=-lastSyncAt`;
  const [, about] = (await exportHere(monitor, query)).sheets;
  const said = Object.fromEntries(about?.values.map(([what, value]) => [what, value]) ?? []);
  t.match(said, {
    "Часовой пояс": "Europe/Moscow",
    "Строк в таблице": 1,
    Организация: "Пекарня №1 · 000512",
    "Последнее обновление": "1 день",
    "Не показывать POS-ы с успешной синхронизацией": "да",
    "Поиск по названию, организации, адресу, CrmId, тегу или ошибке": "баз",
    "Порядок строк": "Последняя синхронизация, по убыванию",
  });
  t.equal(shownDate(said.Когда), "2026-11-27 13:00:10");
  const counts = about?.values.filter((row) => row.length === 3) ?? [];
  t.same(counts, [
    ["Состояние", "В файле", "Всего"],
    ["Ошибка синхронизации", 1, 2],
    ["Служба остановлена", 0, 1],
    ["Не отвечает кассам", 0, 0],
    ["Нет связи", 0, 2],
    ["Давно не было обмена", 0, 1],
    ["Требуется обновление", 0, 1],
    ["Ожидает опроса", 0, 1],
    ["Закрыт", 0, 0],
    ["Синхронизирован", 0, 3],
    ["Версия не поддерживается", 0, 1],
    ["Опрос приостановлен", 0, 1],
  ]);
});

t.test("all pages are in the file, more rows than are read at once", async (t) => {
  const monitor = await startMonitor(t);
  const names = Array.from({ length: 501 }, (_, n) => `POS ${n}`);
  for (const name of names) await monitor.addPosServer({ name, address: null, token: null });
  t.same(namesIn((await exportHere(monitor, "sort=name")).sheets), names);
  t.same(namesIn((await exportHere(monitor, "sort=-name")).sheets), names.toReversed());
});

t.test("a download has the page's rows, which say more, with dates, numbers and texts as such", async (t) => {
  const { monitor } = await startChain(t);
  const { sheets, headers } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx?sort=-name&page=3");
  t.same(namesIn(sheets), await namesOnPage(monitor, "sort=-name"));
  const [table, about] = sheets;
  t.equal(table?.name, "Состояние POS-ов 2026-11-27");
  t.equal(table?.filter, `A1:U${table?.rows.length}`);
  const name = encodeURIComponent("Состояние POS-ов 2026-11-27.xlsx");
  const attachment = `attachment; filename=poswatch-pos-servers-2026-11-27.xlsx; filename*=UTF-8''${name}`;
  t.equal(headers["content-disposition"], attachment);
  t.equal(headers["cache-control"], "no-store");

  const rows = tableOf(table);
  const byName = Object.fromEntries(rows.map((row) => [row["POS-сервер"], row]));
  t.match(byName, {
    "Лиговский, 30": {
      Состояние: "Нет связи",
      Организация: "ООО «Вкусный дом»",
      CrmId: "100237",
      Версия: "34.2.117.0",
      "Ошибка последней синхронизации":
        "Соединение с POS-сервером не установлено: нет ответа от 10.9.0.9:8443",
      "Код сбоя связи": "connect_timeout",
      Причина: "POS-сервер не отвечает",
      "Что делать": "Проверить связь",
      Служба: "работает",
      "База данных, МБ": Number,
    },
    "Тверская, 12": {
      Причина: "База данных повреждена, изменения программ не применяются",
      "Что делать": "Сбросить БД POSа",
    },
    "Невский, 88": { Причина: "Служба POS-сервера остановлена", "Что делать": "Запустить службу" },
    "Ленина, 44": {
      Причина: "Обмен работает, но версия устарела",
      "Что делать": "Обновить версию",
      Версия: "34.0.12",
      "Требуемая версия": "34.2.117.0",
    },
    "Булочная, 2": { CrmId: "000512" },
  });
  const unreachable = byName["Лиговский, 30"];
  t.equal(shownDate(unreachable?.["Последнее обновление (Europe/Moscow)"]), "2026-11-27 13:00:00");
  t.equal(shownDate(unreachable?.["Последняя синхронизация (Europe/Moscow)"]), "2026-11-27 12:55:00");
  t.equal(shownDate(unreachable?.["В этом состоянии с (Europe/Moscow)"]), "2026-11-27 13:00:00");
  const formats = table?.rows[1]?.map((cell) => cell?.format);
  t.same([formats?.[0], formats?.[1], formats?.[3], formats?.[6]], ["@", "dd.mm.yyyy hh:mm:ss", "@", "@"]);
  t.equal(formats?.[15], "#,##0.0");
  t.same(about?.values[1], ["Кто выгрузил", "Test Administrator (test-administrator)"]);
  t.match(await recordedEvents(monitor.db, "export"), [
    {
      userLogin: "test-administrator",
      result: "done",
      subject: "Состояние POS-ов 2026-11-27.xlsx",
      detail: [{ key: "exported", values: { rows: rows.length, url: "/pos-servers?sort=-name" } }],
    },
  ]);
});

t.test("what many have in common is nothing to do at one of them, whatever the filter", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 5);
  for (const id of ids) await monitor.report(id, { error: "код 42: нарушена целостность базы" });
  const query = `q=${encodeURIComponent("тверская, 2")}`;
  const files = [
    (await exportHere(monitor, "")).sheets,
    (await exportHere(monitor, "state=sync_error")).sheets,
    (await downloadWorkbook(monitor.app, `/pos-servers.xlsx?${query}`)).sheets,
  ];
  const steps = files.map(([table]) => tableOf(table).map((row) => row["Что делать"]));
  t.same(steps, [Array(5).fill("Подождать"), Array(5).fill("Подождать"), ["Подождать"]]);
  const [row] = rowsOf(await getHtml(monitor.app, `/pos-servers?${query}`));
  t.equal(row?.id, ids[1]);
  t.match(row?.html, />Подождать </, "the list and the page of each say it too");
  t.notMatch(row?.html, "button-primary");
  t.match(await getHtml(monitor.app, `/pos-servers/${ids[1]}`), "В ресторане делать ничего не нужно.");
});

t.test(
  "rows have the colours of their states in every language, and versions that are too old are marked",
  async (t) => {
    const { monitor, ids } = await startChain(t);
    const [red, grey] = ["fdebe9 c02626", "eceff4 4a5466"];
    const [orange, yellow] = ["fff0e2 b04a00", "fff6d6 7f5a00"];
    const colours = [red, red, grey, orange, yellow, " 2a5fa5", " 157a44", " 4a5466"];
    const words = [
      ...["Ошибка синхронизации", "Служба остановлена", "Нет связи", "Давно не было обмена"],
      ...["Требуется обновление", "Ожидает опроса", "Синхронизирован", "Опрос приостановлен"],
    ];
    for (const language of ["ru", "en"] as const) {
      const seen = new Map<string, string>();
      for (const query of ["period=30", "scope=parked"]) {
        const { sheets, bytes } = await exportHere(monitor, query, "all", language);
        const [table, about] = await readLooks(bytes);
        t.ok(table?.isFitToPage && table.pane && about?.pane);
        for (const [index, looks] of [...(table?.looks ?? []).entries()].slice(1)) {
          const fills = new Set(looks.map((look) => look?.fill));
          t.same([looks.length, fills.size], [21, 1]);
          seen.set(String(sheets[0]?.values[index]?.[0]), `${[...fills][0] ?? ""} ${looks[0]?.colour}`);
        }
        for (const [index, [state]] of (sheets[1]?.values ?? []).entries()) {
          const ofTable = seen.get(String(state));
          if (ofTable) t.equal(about?.looks[index]?.[0]?.colour, ofTable.split(" ")[1], String(state));
        }
      }
      if (language === "ru") t.same([...seen.keys()], words);
      t.same([...seen.values()], colours);
    }

    await monitor.report(ids.syncError, { version: "34.0.12", error: "код 42" });
    const { sheets, bytes } = await exportHere(monitor, "");
    const [table] = await readLooks(bytes);
    const marked = sheets[0]?.values.filter((_row, index) => table?.looks[index]?.[6]?.colour === "7f5a00");
    const versions = marked?.map(([state, , , , , , version, required]) => [state, version, required]);
    t.same(versions, [
      ["Ошибка синхронизации", "34.0.12", "34.2.117.0"],
      ["Требуется обновление", "34.0.12", "34.2.117.0"],
    ]);
  },
);

t.test("what people wrote and did is in a row, and what was before a silence", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const plain = await monitor.addPosServer({ name: "Арбат, 5" });
  await monitor.addPosServer({ name: "Садовая, 3" });
  const parked = await monitor.addPosServer({ name: "Невский, 88" });
  await anna.post(`/pos-servers/${parked}/tags`, { more: "Петербург" });
  const parking = { parked: "1", reason: "Сезонное закрытие", until: "2026-12-01T09:00" };
  await anna.post(`/pos-servers/${parked}/parking`, parking);
  await monitor.report(id, { error: "нарушена целостность базы" });
  await anna.post(`/pos-servers/${id}/takings`, { until: "2026-11-24T12:00Z" });
  const note = { phone: "+7 495 555-01-12", person: "=Мария", text: "За баром.\r\nПосле 23:00.", seenAt: "" };
  await anna.post(`/pos-servers/${id}/restaurant-note`, note);
  await anna.post(`/pos-servers/${id}/tags`, { more: "24/7, Москва" });
  await anna.post(`/pos-servers/${plain}/tags`, { more: "Москва" });
  monitor.clock.advance(4 * MINUTE_MS);
  await monitor.fail(id);
  const query = `tag=${(await readRow(monitor.db, "tag", { name: "Москва" })).id}&sort=-name`;
  const { sheets } = await exportHere(monitor, query);
  t.same(namesIn(sheets), ["Тверская, 12", "Арбат, 5"]);
  t.match(tableOf(sheets[0]), [
    {
      "POS-сервер": "Тверская, 12",
      "Ошибка последней синхронизации": /\. До этого: база данных повреждена, .* 4\sмин$/,
      Занимается: "Анна Иванова, до 24.11 15:00",
      Теги: "24/7, Москва",
      Телефон: "+7 495 555-01-12",
      Контакт: "=Мария",
      Заметка: "За баром.\nПосле 23:00.",
    },
    { "POS-сервер": "Арбат, 5", Занимается: null, Теги: "Москва", Телефон: null, Заметка: null },
  ]);
  t.match(JSON.stringify(sheets[1]?.values), /"Тег","Москва"/);
  const english = await exportHere(monitor, query, "all", "en");
  t.match(tableOf(english.sheets[0])[0], { "On it": "Анна Иванова, until 24.11 15:00", Phone: /^\+7/ });
  const [shut] = tableOf((await exportHere(monitor, "scope=parked")).sheets[0]);
  t.match(shut, {
    Состояние: "Опрос приостановлен",
    "Ошибка последней синхронизации": "Сезонное закрытие · до 01.12 09:00",
  });
  t.equal(shownDate(shut?.["В этом состоянии с (Europe/Moscow)"]), "2026-11-24 13:00:00");
});

t.test("only the viewer's organizations are in the file, in its counts and in its words", async (t) => {
  let access: OrganizationAccess = "all";
  const { monitor, first, second } = await startChain(t, () => access);
  access = [first];
  const english = { language: "en", timeZone: "Asia/Vladivostok" } as const;
  const { sheets, headers } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx?period=30", english);
  t.notMatch(JSON.stringify(sheets), /Пекарня|Булочная|000512|Старый/);
  t.same(namesIn(sheets), await namesOnPage(monitor, "period=30"));
  t.equal(namesIn((await exportHere(monitor, "", access)).sheets).length, 9);
  t.equal(sheets[0]?.name, "POS status 2026-11-27", "in the viewer's language and zone");
  t.match(headers["content-disposition"], "filename*=UTF-8''POS%20status%202026-11-27.xlsx");
  const [row] = tableOf(sheets[0]);
  t.equal(row?.State, "Sync error");
  t.equal(shownDate(row?.["Last update (Asia/Vladivostok)"]), "2026-11-27 20:00:00");
  t.equal(sheets[0]?.rows[1]?.[1]?.format, "yyyy-mm-dd hh:mm:ss");
  t.notMatch(JSON.stringify(sheets[1]?.values.slice(0, 8)), /[А-Яа-я]{2}(?!.*»)/);

  const foreign = await exportHere(monitor, `organization=${second}`, access);
  const missing = await exportHere(monitor, "organization=999", access);
  t.same(foreign.sheets, missing.sheets);
  t.equal(foreign.sheets[0]?.values.length, 1);
});
