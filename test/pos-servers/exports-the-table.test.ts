import t, { type Test } from "tap";
import type { OrganizationAccess } from "../../src/monitor/viewer/access.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { downloadWorkbook, tableOf } from "../helpers/download.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { getHtml, rowsOf, textOf } from "../helpers/page.ts";
import { shownDate } from "../helpers/workbook.ts";
import { readLooks } from "../helpers/workbook-looks.ts";

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

/** The names on all pages of the table, in their order. */
async function namesOnPages({ app }: TestMonitor, query: string): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1; ; page++) {
    const body = await getHtml(app, `/pos-servers?${query}&page=${page}`);
    const rows = rowsOf(body);
    names.push(
      ...rows.map(({ html }) =>
        textOf(/<a class="name".*?<\/a>/s.exec(html)?.[0] ?? "").replace(",  ", ", "),
      ),
    );
    if (!body.includes('rel="next"')) return names;
  }
}

async function namesInFile({ app }: TestMonitor, query: string): Promise<unknown[]> {
  const { sheets } = await downloadWorkbook(app, `/pos-servers.xlsx?${query}`);
  return tableOf(sheets[0]).map((row) => row["POS-сервер"]);
}

t.test("the file has the rows of the page in its order, whatever the filter", async (t) => {
  const { monitor, second } = await startChain(t);
  const queries = [
    ...["", "page=7", "q=nothing-of-the-kind", "period=2&unit=hours", "scope=parked"],
    ...["state=unsupported", "state=synced&hideSynced=1"],
    `organization=${second}`,
    `q=${encodeURIComponent("ЦЕЛОСТНОСТЬ")}`,
    ...["period=30&sort=organization", "period=30&sort=-lastSyncAt"],
  ];
  for (const query of queries)
    t.same(await namesInFile(monitor, query), await namesOnPages(monitor, query), query);
});

t.test("all pages are in the file, more rows than are read at once", async (t) => {
  const monitor = await startMonitor(t);
  for (let n = 0; n < 1_234; n++)
    await monitor.addPosServer({ name: `POS ${n}`, address: null, token: null });
  for (const query of ["sort=name", "sort=-name"]) {
    const names = await namesInFile(monitor, query);
    t.equal(names.length, 1_234);
    t.same(names, await namesOnPages(monitor, query), query);
  }
});

t.test("a row says what the page says and more, with dates, numbers and texts as such", async (t) => {
  const { monitor } = await startChain(t);
  const { sheets, headers } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx");
  const [table] = sheets;
  t.equal(table?.name, "Состояние POS-ов 2026-11-27");
  t.equal(table?.filter, `A1:U${table?.rows.length}`);
  const name = encodeURIComponent("Состояние POS-ов 2026-11-27.xlsx");
  t.equal(
    headers["content-disposition"],
    `attachment; filename=poswatch-pos-servers-2026-11-27.xlsx; filename*=UTF-8''${name}`,
  );
  t.equal(headers["cache-control"], "no-store");

  const rows = tableOf(table);
  const unreachable = rows.find((row) => row["POS-сервер"] === "Лиговский, 30");
  t.match(unreachable, {
    Состояние: "Нет связи",
    Организация: "ООО «Вкусный дом»",
    CrmId: "100237",
    Версия: "34.2.117.0",
    "Ошибка последней синхронизации": "Соединение с POS-сервером не установлено: нет ответа от 10.9.0.9:8443",
    "Код сбоя связи": "connect_timeout",
    Причина: "Соединение с POS-сервером не установлено",
    "Что делать": "Проверить связь",
    Служба: "работает",
  });
  const adviceOf = (name: string) => {
    const row = rows.find((row) => row["POS-сервер"] === name);
    return [row?.Причина, row?.["Что делать"]];
  };
  t.same(adviceOf("Тверская, 12"), [
    "База данных повреждена, изменения программ не применяются",
    "Сбросить БД POSа",
  ]);
  t.same(adviceOf("Невский, 88"), ["Служба POS-сервера остановлена", "Запустить службу"]);
  t.same(
    adviceOf("Ленина, 44").map((cell) => cell ?? null),
    ["Обмен работает, но версия устарела", "Обновить версию"],
    "no problem, but something to do",
  );
  t.equal(shownDate(unreachable?.["Последнее обновление (Europe/Moscow)"]), "2026-11-27 13:00:00");
  t.equal(shownDate(unreachable?.["Последняя синхронизация (Europe/Moscow)"]), "2026-11-27 12:55:00");
  t.equal(shownDate(unreachable?.["В этом состоянии с (Europe/Moscow)"]), "2026-11-27 13:00:00");
  t.equal(typeof unreachable?.["База данных, МБ"], "number");
  t.match(
    rows.find((row) => row["POS-сервер"] === "Ленина, 44"),
    { Версия: "34.0.12", "Требуемая версия": "34.2.117.0" },
  );
  t.equal(rows.find((row) => row["POS-сервер"] === "Булочная, 2")?.CrmId, "000512");

  const formats = table?.rows[1]?.map((cell) => cell?.format);
  t.same([formats?.[0], formats?.[1], formats?.[3], formats?.[6]], ["@", "dd.mm.yyyy hh:mm:ss", "@", "@"]);
  t.equal(formats?.[15], "#,##0.0");
});

t.test("what many have in common is nothing to do at one of them, whatever the filter", async (t) => {
  const monitor = await startMonitor(t);
  const ids: number[] = [];
  for (let number = 1; number <= 5; number++) {
    const id = await monitor.addPosServer({ name: `Арбат, ${number}` });
    await monitor.report(id);
    await monitor.report(id, { error: "код 42: нарушена целостность базы" });
    ids.push(id);
  }
  for (const query of ["", "state=sync_error", `q=${encodeURIComponent("арбат, 2")}`]) {
    const { sheets } = await downloadWorkbook(monitor.app, `/pos-servers.xlsx?${query}`);
    const steps = new Set(tableOf(sheets[0]).map((row) => row["Что делать"]));
    t.same([...steps], ["Подождать"], query);
  }
  const body = await getHtml(monitor.app, `/pos-servers?q=${encodeURIComponent("арбат, 2")}`);
  const [row] = rowsOf(body);
  t.equal(row?.id, ids[1]);
  t.match(row?.html, />Подождать </, "the list and the page of each say it too");
  t.notMatch(row?.html, "button-primary");
  t.match(await getHtml(monitor.app, `/pos-servers/${ids[1]}`), "В ресторане делать ничего не нужно.");
});

t.test("rows have the colours of their states, in every language, and words that say the same", async (t) => {
  const { monitor } = await startChain(t);
  const [red, grey] = ["fdebe9 c02626", "eceff4 4a5466"];
  const [orange, yellow] = ["fff0e2 b04a00", "fff6d6 7f5a00"];
  const colours = [red, red, grey, orange, yellow, " 2a5fa5", " 157a44", " 4a5466"];
  const words = {
    ru: [
      ...["Ошибка синхронизации", "Служба остановлена", "Нет связи", "Давно не было обмена"],
      ...["Требуется обновление", "Ожидает опроса", "Синхронизирован", "Опрос приостановлен"],
    ],
    en: [
      ...["Sync error", "Service stopped", "Unreachable", "No recent sync"],
      ...["Update required", "Waiting for a poll", "Synced", "Polling paused"],
    ],
  };
  for (const language of ["ru", "en"] as const) {
    const seen = new Map<string, string>();
    for (const query of ["period=30", "scope=parked"]) {
      const url = `/pos-servers.xlsx?${query}`;
      const { sheets, bytes } = await downloadWorkbook(monitor.app, url, { language });
      const [table, about] = await readLooks(bytes);
      t.ok(table?.isFitToPage && table.pane && about?.pane);
      for (const [index, looks] of (table?.looks ?? []).entries()) {
        if (index === 0) continue;
        const fills = new Set(looks.map((look) => look?.fill));
        t.same([looks.length, fills.size], [21, 1]);
        seen.set(String(sheets[0]?.values[index]?.[0]), `${[...fills][0] ?? ""} ${looks[0]?.colour}`);
      }
      for (const [index, [state]] of (sheets[1]?.values ?? []).entries()) {
        const ofTable = seen.get(String(state));
        if (ofTable) t.equal(about?.looks[index]?.[0]?.colour, ofTable.split(" ")[1], String(state));
      }
    }
    t.same([...seen.keys()], words[language]);
    t.same([...seen.values()], colours);
  }
});

t.test("a version that is too old is marked, whatever the state", async (t) => {
  const { monitor, ids } = await startChain(t);
  await monitor.report(ids.syncError, { version: "34.0.12", error: "код 42" });
  const { sheets, bytes } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx");
  const [table] = await readLooks(bytes);
  const marked = sheets[0]?.values.filter((_row, index) => table?.looks[index]?.[6]?.colour === "7f5a00");
  t.same(
    marked?.map((row) => [row[0], row[6], row[7]]),
    [
      ["Ошибка синхронизации", "34.0.12", "34.2.117.0"],
      ["Требуется обновление", "34.0.12", "34.2.117.0"],
    ],
  );
});

t.test("times are in the viewer's zone and words in the viewer's language", async (t) => {
  const { monitor } = await startChain(t);
  const english = { language: "en", timeZone: "Asia/Vladivostok" } as const;
  const { sheets, headers } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx", english);
  t.equal(sheets[0]?.name, "POS status 2026-11-27");
  t.match(headers["content-disposition"], "filename*=UTF-8''POS%20status%202026-11-27.xlsx");
  const [row] = tableOf(sheets[0]);
  t.equal(row?.State, "Sync error");
  t.equal(shownDate(row?.["Last update (Asia/Vladivostok)"]), "2026-11-27 20:00:00");
  t.equal(sheets[0]?.rows[1]?.[1]?.format, "yyyy-mm-dd hh:mm:ss");
  t.notMatch(JSON.stringify(sheets[1]?.values.slice(0, 8)), /[А-Яа-я]{2}(?!.*»)/);
});

t.test("the second sheet says by which filter, who, when, and how many in each state", async (t) => {
  const { monitor, second } = await startChain(t);
  const query = `organization=${second}&hideSynced=1&q=${encodeURIComponent("баз")}&sort=-lastSyncAt`;
  const [, about] = (await downloadWorkbook(monitor.app, `/pos-servers.xlsx?${query}`)).sheets;
  const said = Object.fromEntries(about?.values.map(([what, value]) => [what, value]) ?? []);
  t.match(said, {
    "Кто выгрузил": "Test Administrator (test-administrator)",
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

t.test("only the viewer's organizations are in the file, in its counts and in its words", async (t) => {
  let access: OrganizationAccess = "all";
  const { monitor, first, second } = await startChain(t, () => access);
  access = [first];
  const { sheets } = await downloadWorkbook(monitor.app, "/pos-servers.xlsx?period=30");
  t.notMatch(JSON.stringify(sheets), /Пекарня|Булочная|000512|Старый/);
  t.same(await namesInFile(monitor, "period=30"), await namesOnPages(monitor, "period=30"));
  t.equal((await namesInFile(monitor, "")).length, 9);

  const foreign = await downloadWorkbook(monitor.app, `/pos-servers.xlsx?organization=${second}`);
  const missing = await downloadWorkbook(monitor.app, "/pos-servers.xlsx?organization=999");
  t.same(
    foreign.sheets.map(({ values }) => values),
    missing.sheets.map(({ values }) => values),
  );
  t.equal(foreign.sheets[0]?.values.length, 1);
});

t.test("an export is in the audit log with what it was and how many rows", async (t) => {
  const { monitor } = await startChain(t);
  await downloadWorkbook(monitor.app, "/pos-servers.xlsx?hideSynced=1&page=3");
  t.match(await recordedEvents(monitor.db, "export"), [
    {
      userLogin: "test-administrator",
      result: "done",
      subject: "Состояние POS-ов 2026-11-27.xlsx",
      detail: [{ key: "exported", values: { rows: 6, url: "/pos-servers?hideSynced=1" } }],
    },
  ]);
});
