import t, { type Test } from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import type { ReportedCheck } from "../../src/protocol/status-report.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, getText, textOf } from "../helpers/page.ts";

function check(
  id: string,
  outcome: ReportedCheck["outcome"],
  value: string | null = null,
  detail: string | null = null,
): ReportedCheck {
  return { id, outcome, value, detail };
}

async function start(t: Test) {
  const monitor = await startMonitor(t);
  return { monitor, id: await monitor.addPosServer({ address: "https://10.0.0.9:9443" }) };
}

const HEALTHY = [
  check("service", "ok", "running"),
  check("port", "ok", "7001"),
  check("database", "ok", "sql_server", "held:sqlservr.exe"),
  check("main_server_dns", "ok", "iiko.biz"),
  check("main_server_tcp", "ok", "iiko.biz:443"),
  check("amqp", "ok", "iiko.biz:5671"),
  check("clock", "ok", "-0.4"),
  check("disk", "ok", "51234567168"),
  check("account", "ok", "NT AUTHORITY\\NETWORK SERVICE"),
  check("url_acl", "ok", "http://+:7001/"),
];

/** The lines of «Проверка обмена»: marks with their texts, in order. */
async function linesOf({ app }: TestMonitor, id: number, language: "ru" | "en" = "ru") {
  const body = await getHtml(app, `/pos-servers/${id}`, { language });
  const lines = [...body.matchAll(/<li id="check-([\w-]+)" data-status="(\w+)">([\s\S]*?)<\/li>/g)];
  return Object.fromEntries(
    lines.map(([, name = "", status, html = ""]) => {
      const marked = html.replace(/<span class="check-part" data-status="(\w+)">/g, " [$1] ");
      return [name, `${status}: ${textOf(marked).replaceAll("\u00A0", " ")}`];
    }),
  );
}

/** Changes some of the healthy checks. */
const withChecks = (...changed: ReportedCheck[]) =>
  HEALTHY.map((healthy) => changed.find(({ id }) => id === healthy.id) ?? healthy);

t.test("each line says what the agent found", async (t) => {
  const { monitor, id } = await start(t);
  await monitor.report(id, { checks: HEALTHY });
  const lines = await linesOf(monitor, id);
  const names = "service port database mainServer clock disk version account address";
  t.equal(Object.keys(lines).join(" "), names);
  t.match(lines, {
    service: /^ok: Служба работает/,
    port: "ok: Порт POS-сервера 7001 отвечает",
    database: /^ok: База данных файлы на месте SQL Server, 212 МБ, .*, файлы открыты: sqlservr\.exe$/,
    mainServer: "ok: Связь с главным сервером [ok] DNS [ok] 443 [ok] 5671 iiko.biz",
    clock: "ok: Часы идут верно с главным сервером расходятся на 0,4 с",
    disk: /^ok: Диск свободно/,
    account: "ok: Учётная запись службы NT AUTHORITY\\NETWORK SERVICE",
    address: "ok: Доступ к адресу разрешён http://+:7001/",
  });
});

t.test("what failed says since when, and why", async (t) => {
  const { monitor, id } = await start(t);
  await monitor.report(id, { checks: HEALTHY });
  monitor.clock.advance(41 * MINUTE_MS);
  const broken = withChecks(
    check("port", "failed", "7001", "no_http"),
    check("database", "failed", "sqlite", "wrong_header"),
    check("main_server_tcp", "failed", "iiko.biz:443", "ECONNREFUSED"),
    check("amqp", "unknown", null, "address_not_set"),
    check("clock", "failed", "-300.0"),
    check("disk", "failed", "1000", "little"),
    check("url_acl", "failed", "http://+:7001/", "missing"),
  );
  await monitor.report(id, { checks: broken });
  monitor.clock.advance(5 * MINUTE_MS);
  await monitor.report(id, { checks: broken });
  t.match(await linesOf(monitor, id), {
    port: "failed: Порт POS-сервера 7001 не отвечает, замечено в 13:41 соединение есть, но отвечает не POS-сервер",
    database: /^failed: База данных файл базы испорчен, замечено в 13:41 SQLite, /,
    mainServer:
      "failed: Связь с главным сервером [ok] DNS [failed] 443: соединение отклонено, замечено в 13:41 [unknown] 5671: адрес не задан iiko.biz",
    clock: "failed: Часы отстают на 5 мин, замечено в 13:41 по часам главного сервера",
    disk: /^failed: Диск свободно .* мало места, замечено в 13:41$/,
    address: "failed: Доступ к адресу не разрешён, замечено в 13:41 http://+:7001/",
  });
  t.match(await linesOf(monitor, id, "en"), {
    port: /^failed: POS server’s port 7001 does not answer, noticed at 13:41/,
    mainServer: /443: connection refused, noticed at 13:41/,
  });
});

t.test("what the service says of its database counts beside what the agent sees of it", async (t) => {
  const { monitor, id } = await start(t);
  await monitor.report(id, { checks: HEALTHY, error: "SQLite Error 5: database is locked" });
  t.match(await linesOf(monitor, id), {
    database: /^failed: База данных в логе: база занята .*файлы открыты: sqlservr\.exe$/,
  });
  const guessed = check("database", "ok", "sql_server", "held_perhaps:sqlservr.exe");
  await monitor.report(id, { checks: withChecks(guessed), error: "SQLite Error 5: database is locked" });
  t.match(await linesOf(monitor, id), { database: /, файлы открыты, возможно, в sqlservr\.exe$/ });
  const page = await getHtml(monitor.app, `/pos-servers/${id}`);
  t.match(page, "Сейчас они открыты, возможно, в программе sqlservr.exe.");
  await monitor.report(id, { checks: HEALTHY, error: "нарушена целостность базы" });
  t.match(await linesOf(monitor, id), { database: /^failed: База данных в логе: база повреждена / });
});

t.test("what is unknown is never a tick", async (t) => {
  const { monitor, id } = await start(t);
  await monitor.report(id, {
    checks: withChecks(
      check("port", "unknown", null, "address_not_set"),
      check("database", "unknown", "sqlite", "unreadable:EACCES"),
      check("main_server_dns", "unknown", null, "address_not_set"),
      check("main_server_tcp", "unknown", null, "address_not_set"),
      check("amqp", "unknown", null, "address_not_set"),
      check("account", "unknown", null, "not_told"),
      check("url_acl", "unknown", null, "not_told"),
    ),
  });
  const lines = await linesOf(monitor, id);
  t.match(lines, {
    port: "unknown: Порт POS-сервера адрес не задан",
    database: /^unknown: База данных файл базы не читается \(EACCES\) SQLite, 212 МБ/,
    mainServer: "unknown: Связь с главным сервером адрес не задан",
  });
  t.notOk(lines.account ?? lines.address, "only where the system tells");

  await monitor.report(id, { checks: withChecks(check("amqp", "unknown", null, "address_not_set")) });
  t.equal(
    (await linesOf(monitor, id)).mainServer,
    "unknown: Связь с главным сервером [ok] DNS [ok] 443 [unknown] 5671: адрес не задан iiko.biz",
  );
  await monitor.fail(id);
  const isAllUnknown = async () => {
    const lines = Object.values(await linesOf(monitor, id));
    return lines.length > 0 && lines.every((line) => /^unknown:(?!.*\[ok\])/.test(line));
  };
  t.ok(await isAllUnknown(), "it is silent");
  await monitor.report(id, { checks: HEALTHY });
  t.notOk(await isAllUnknown());
  await setParked(monitor.db, id, true, monitor.clock());
  t.ok(await isAllUnknown(), "it is not asked");
  t.notMatch(await getText(monitor.app, `/pos-servers/${id}`), /каждую минуту|Следующий опрос/);
});

t.test("of an agent without checks stands what its report says, each in its place", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  t.match(await linesOf(monitor, id), {
    service: /^ok: Служба работает iikoCard5POS, с 20\.11 08:00$/,
    database: /^ok: База данных файлы на месте 212 МБ, создана 01\.09$/,
    clock: "ok: Часы идут верно допустимо до 2 мин",
    disk: /^ok: Диск свободно .* из /,
    version: "ok: Версия 34.2.117.0 обновление не нужно",
  });
  await monitor.report(id, {
    error: "database is corrupt: table guest_wallet",
    service: { name: "iikoCard5POS", state: "stopped", startedAt: null },
    disk: { freeBytes: 200 * 1024 ** 2, totalBytes: 1024 ** 4 },
    clockAheadMs: -5 * MINUTE_MS,
  });
  t.match(await linesOf(monitor, id), {
    service: "failed: Служба остановлена iikoCard5POS",
    database: /^ok: База данных файлы на месте/,
    clock: "failed: Часы отстают на 5 мин допустимо до 2 мин",
    disk: "failed: Диск свободно 200 МБ из 1 ТБ мало места: база может перестать расти",
  });
});

t.test("of one that has never answered stands what Poswatch knows, and what it cannot know", async (t) => {
  const { monitor, id } = await start(t);
  const unknown = {
    service: "unknown: Служба нет данных",
    port: "unknown: Порт POS-сервера нет данных",
    mainServer: "unknown: Связь с главным сервером нет данных",
    version: "unknown: Версия нет данных",
  };
  const connection = "unknown: Связь с Poswatch нет данных 10.0.0.9:9443";
  t.match(await linesOf(monitor, id), { connection, ...unknown });
  for (const polls of [1, 2]) {
    await monitor.fail(id, "connect_refused", "refused 10.0.0.9:9443");
    const connection = "failed: Связь с Poswatch POS-сервер не принимает соединения 10.0.0.9:9443";
    t.match(await linesOf(monitor, id), { connection, ...unknown }, `after ${polls} polls`);
  }
  const withoutAddress = await monitor.addPosServer({ address: null });
  t.match(await linesOf(monitor, withoutAddress), { connection: "unknown: Связь с Poswatch адрес не задан" });
  await monitor.report(id);
  const lines = await linesOf(monitor, id);
  t.notOk(lines.connection ?? lines.port ?? lines.mainServer, "its agent tells of no checks");
});

t.test("what nobody knows here is shown as it was told, and harmless", async (t) => {
  const { monitor, id } = await start(t);
  const hostile = '<img src="x" onerror="alert(1)">';
  await monitor.report(id, {
    checks: [
      check("port", "failed", hostile, hostile),
      check("database", "failed", "toString", "no_such_word:7"),
      check("printer", "failed", "lpt1", "no_paper"),
      check("constructor", "ok"),
      check(hostile.slice(0, 64), "unknown", hostile, "__proto__"),
    ],
  });
  const lines = await linesOf(monitor, id);
  t.match(lines, {
    database: /^failed: База данных no_such_word:7, замечено в 13:00/,
    "other-1": "ok: constructor в порядке",
    "other-2": "failed: printer lpt1, замечено в 13:00 no_paper",
  });
  t.notMatch(await getHtml(monitor.app, `/pos-servers/${id}`), "<img");
});
