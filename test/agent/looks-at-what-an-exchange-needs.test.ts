import { spawn } from "node:child_process";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { chmod, rm, truncate, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import t, { type Test } from "tap";
import { clockCheck, judgeUrlAcl, mainServerChecks, portCheck } from "../../src/agent/checks/checks.ts";
import { createHostLookup } from "../../src/agent/checks/connect.ts";
import { databaseCheck } from "../../src/agent/checks/database.ts";
import {
  type Check,
  type CheckResult,
  createRunningChecks,
  reportedChecks,
  runCheck,
} from "../../src/agent/checks/run-checks.ts";
import { parseNetstat, parseProcNet, tracesCheck } from "../../src/agent/checks/traces.ts";
import { findingOf } from "../../src/agent/command-line/check.ts";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { findLocked, parseTaskList } from "../../src/agent/database/open-files.ts";
import { describeHolder } from "../../src/agent/database/release-database.ts";
import { findFiles } from "../../src/agent/files/find-files.ts";
import { makeOpenFolder, withoutPrivileges } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NOT_SET = { outcome: "unknown", detail: "address_not_set" };

const httpServer = (headers: Record<string, string> = {}) =>
  createHttpServer((_request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.writeHead(404).end();
  });

t.test("the port answers when something there speaks HTTP, whatever it says", async (t) => {
  const port = await listen(t, httpServer());
  const answering = { id: "port", outcome: "ok", value: String(port), milliseconds: Number };
  t.match(await runCheck(portCheck(port)), answering);
  const closed = { outcome: "failed", value: String(NOBODYS_PORT), detail: "refused" };
  t.match(await runCheck(portCheck(NOBODYS_PORT)), closed);
  const mail = createServer((socket) => socket.on("error", () => {}).end("220 mail\r\n"));
  t.match(await runCheck(portCheck(await listen(t, mail))), { outcome: "failed", detail: "no_http" });
  t.match(await runCheck(portCheck(null)), { ...NOT_SET, value: null });
});

const runAll = (checks: Check[]) => Promise.all(checks.map((check) => runCheck(check)));

t.test("the way to the main server: its name, its port, its message queue", async (t) => {
  const port = await listen(t, createServer());
  const amqpPort = NOBODYS_PORT;
  const lookAt = (mainServer: Parameters<typeof mainServerChecks>[0]) =>
    runAll(mainServerChecks(mainServer, createHostLookup()));
  t.match(await lookAt({ host: "localhost", port, amqpPort }), [
    { id: "main_server_dns", outcome: "ok", value: "localhost" },
    { id: "main_server_tcp", outcome: "ok", value: `localhost:${port}` },
    { id: "amqp", outcome: "failed", value: `localhost:${amqpPort}`, detail: "ECONNREFUSED" },
  ]);
  t.match(await lookAt({ host: "no-such-host.invalid", port, amqpPort: null }), [
    { outcome: "failed", value: "no-such-host.invalid", detail: /^E/ },
    { outcome: "failed", detail: /^E/ },
    NOT_SET,
  ]);
  t.match(await lookAt(null), [NOT_SET, NOT_SET, NOT_SET]);
});

t.test("the clock is compared with that of the main server", async (t) => {
  const at = async (date: string | null) => {
    const server = createHttpServer((_request, response) => {
      response.sendDate = false;
      if (date !== null) response.setHeader("date", date);
      response.end();
    });
    const mainServer = { host: "127.0.0.1", port: await listen(t, server), amqpPort: null };
    return runCheck(clockCheck(mainServer, createHostLookup()));
  };
  const right = await at(new Date().toUTCString());
  t.match(right, { id: "clock", outcome: "ok" });
  t.ok(Math.abs(Number(right.value)) < 30, `${right.value}`);
  const ahead = await at(new Date(Date.now() - 600_000).toUTCString());
  t.match(ahead, { outcome: "failed" });
  t.ok(Number(ahead.value) > 570 && Number(ahead.value) < 630, `${ahead.value}`);
  t.match(await at(new Date(Date.now() + 600_000).toUTCString()), { outcome: "failed", value: /^-/ });
  t.match(await at(null), { outcome: "unknown", detail: "no_date" });
  t.match(await at("yesterday"), { outcome: "unknown", detail: "no_date" });
  t.match(await runCheck(clockCheck(null, createHostLookup())), NOT_SET);
});

t.test("a name server that does not answer is asked once, however often it is needed", async (t) => {
  const port = await listen(t, httpServer());
  const addresses = [{ address: "127.0.0.1", family: 4 }];
  let isAnswering = false;
  const asked: ((found: LookupAddress[]) => void)[] = [];
  const lookUp = createHostLookup(
    () => (isAnswering ? Promise.resolve(addresses) : new Promise((resolve) => asked.push(resolve))),
    50,
  );
  const mainServer = { host: "main.example", port, amqpPort: port };
  const lookAtAll = () => runAll([...mainServerChecks(mainServer, lookUp), clockCheck(mainServer, lookUp)]);
  for (const results of [await lookAtAll(), await lookAtAll()])
    t.match(results, [
      { id: "main_server_dns", outcome: "failed", value: "main.example", detail: "timeout" },
      { id: "main_server_tcp", outcome: "failed", detail: "timeout" },
      { id: "amqp", outcome: "failed", detail: "timeout" },
      { id: "clock", outcome: "unknown", detail: "no_date" },
    ]);
  t.equal(asked.length, 1);

  isAnswering = true;
  const looking = lookAtAll();
  asked[0]?.(addresses);
  t.match(await looking, [{ outcome: "ok" }, { outcome: "ok" }, { outcome: "ok" }, { id: "clock" }]);
});

async function databaseIn(t: Test, files: string[]) {
  const folder = makeOpenFolder(t);
  const { database } = await parseAgentConfig({ dataDirectory: folder, database: { files } }, "/");
  return { path: (name: string) => join(folder, name), look: () => runCheck(databaseCheck(database)) };
}

t.test("a database is there, can be read, and is whole as far as its first bytes tell", async (t) => {
  const { path, look } = await databaseIn(t, ["*.db", "*.mdf", "*.sdf", "*.dat"]);
  t.match(await look(), { id: "database", outcome: "failed", detail: "missing" });
  await writeFile(path("pos.db"), "");
  t.match(await look(), { outcome: "failed", detail: "empty" });

  const sqlite = new Database(path("pos.db"));
  sqlite.exec("create table guest (name text); insert into guest values (hex(randomblob(20000)))");
  sqlite.close();
  t.match(await look(), { outcome: "ok", value: "sqlite", detail: null });
  await truncate(path("pos.db"), 8_192);
  t.match(await look(), { outcome: "failed", value: "sqlite", detail: "truncated" });
  await rm(path("pos.db"));

  await writeFile(path("pos.mdf"), Buffer.concat([Buffer.from([1, 15]), Buffer.alloc(8_190)]));
  t.match(await look(), { outcome: "ok", value: "sql_server" });
  await writeFile(path("pos.mdf"), Buffer.alloc(8_192));
  t.match(await look(), { outcome: "failed", value: "sql_server", detail: "wrong_header" });
  await rm(path("pos.mdf"));
  await writeFile(path("pos.dat"), "something else");
  t.match(await look(), { outcome: "ok", value: "unknown" }, "nothing speaks against it");
});

t.test("a database without a byte is broken, whatever lies beside it; journals may be empty", async (t) => {
  const { path, look } = await databaseIn(t, ["*.db*", "*.mdf", "*.ldf"]);
  await writeFile(path("pos.db"), "x");
  for (const journal of ["pos.db-wal", "pos.db-journal"]) await writeFile(path(journal), "");
  t.match(await look(), { outcome: "ok", detail: null });
  await writeFile(path("other.db"), "");
  t.match(await look(), { outcome: "failed", detail: "empty" });
  await rm(path("other.db"));
  await writeFile(path("pos.mdf"), "");
  t.match(await look(), { outcome: "failed", value: "sql_server", detail: "empty" });
  const before = performance.now();
  await look();
  t.ok(performance.now() - before >= 500, "one that is just being made is looked at again");
});

t.test("who has the database open is named", async (t) => {
  const { path, look } = await databaseIn(t, ["*.db"]);
  await writeFile(path("pos.db"), "x");
  const holder = spawn("tail", ["-f", path("pos.db")], { stdio: "ignore" });
  t.teardown(() => holder.kill());
  await waitFor(async () => (await look()).detail === "held:tail");
  const likely = parseTaskList('"sqlservr.exe","1234","Services","0","12 345 K"\r\n');
  t.same(likely, { program: "sqlservr.exe", processId: 1234, isGuess: true });
  const said = likely && describeHolder({ file: "pos.mdf", ...likely });
  t.equal(said, "pos.mdf is open, perhaps in sqlservr.exe (1234)", "Windows does not say whose a lock is");
  t.equal(parseTaskList("ИНФОРМАЦИЯ: Задачи, отвечающие заданным критериям, отсутствуют.\r\n"), null);
});

t.test("a file that the agent may not open is not held for that", async (t) => {
  const { path, look } = await databaseIn(t, ["*.db"]);
  await writeFile(path("pos.db"), "x");
  const { files } = await findFiles(path("."), ["*.db"]);
  t.equal(await findLocked(files), null);
  await chmod(path("pos.db"), 0);
  const unprivileged = withoutPrivileges(() => findLocked(files));
  await t.rejects(unprivileged, { code: "EACCES" });
  t.match(await withoutPrivileges(look), { outcome: "unknown", detail: "unreadable:EACCES" });
});

t.test("a right to listen is missing only where nothing answers", async (t) => {
  const url = "http://+:7001/";
  const listed = (...urls: string[]) => ({
    exitCode: 0,
    output: [
      "\r\nРезервирования URL-адресов:\r\n-----------------\r\n",
      ...urls.map((reserved) => `    Зарезервированный URL-адрес            : ${reserved} \r`),
      "        Пользователь: NT SERVICE\\iikoCard5POS\r\n",
    ].join("\n"),
  });
  const others = listed("http://+:7001/other/", "http://+:80/");
  const right = listed("http://+:80/", "HTTP://+:7001/");
  t.match(await judgeUrlAcl(url, right, async () => false), { outcome: "ok" });
  t.match(await judgeUrlAcl(url, others, async () => false), { outcome: "failed", detail: "missing" });
  t.match(await judgeUrlAcl(url, others, async () => true), { outcome: "unknown", detail: "missing" });
  const refused = { exitCode: 1, output: "Служба HTTP не запущена.\r\n" };
  const unlisted = await runCheck({ id: "url_acl", run: () => judgeUrlAcl(url, refused, async () => false) });
  const detail = "netsh.exe ended with exit code 1: Служба HTTP не запущена.";
  t.match(unlisted, { outcome: "unknown", detail }, "what could not be listed is not missing for that");
});

t.test("--check says of a database what it found, and what to do about it", async (t) => {
  const said = (outcome: CheckResult["outcome"], value: string | null, detail: string | null) =>
    findingOf({ id: "database", outcome, value, detail }).text;
  t.equal(
    said("ok", "sqlite", "held:iikoCard5, backup: night"),
    "файлы базы данных: SQLite, открыты в программах: iikoCard5, backup: night. Для сброса закройте те из них, что не от POS-сервера",
  );
  const perhaps = said("ok", "sql_server", "held_perhaps:sqlservr.exe");
  t.match(perhaps, "SQL Server, открыты, возможно, в sqlservr.exe. Если");
  t.match(said("unknown", "unknown", "unreadable:EACCES"), "неизвестно: файл не читается (EACCES). Дайте");
  t.equal(said("failed", null, "spawn netsh: ENOENT"), "файлы базы данных: программы netsh нет");
});

t.test("what a report knows anyway is judged with it", async (t) => {
  const at = "2026-11-25T10:00:00.000Z";
  const judged = (state: "running" | "stopped" | "unknown" | null, freeBytes: number | null) => {
    const disk = freeBytes === null ? null : { freeBytes, totalBytes: 10 * 1024 ** 3 };
    return reportedChecks({ service: state && { state }, disk }, at);
  };
  t.match(judged("running", 2 * 1024 ** 3), [
    { id: "service", outcome: "ok", value: "running", at },
    { id: "disk", outcome: "ok", value: String(2 * 1024 ** 3), detail: null },
  ]);
  t.match(judged("stopped", 1000), [{ outcome: "failed" }, { outcome: "failed", detail: "little" }]);
  t.match(judged("unknown", null), [{ outcome: "unknown" }, { outcome: "unknown" }]);
  t.match(judged(null, null), [{ outcome: "unknown" }, { outcome: "unknown" }]);
});

t.test("one check that hangs or fails holds up no other, and ends with the agent", async (t) => {
  const hanging: Check = { id: "amqp", run: () => new Promise(() => {}) };
  const failing: Check = { id: "account", run: () => Promise.reject(new Error("no such service")) };
  const port = await listen(t, httpServer());
  const running = createRunningChecks([hanging, failing, portCheck(port)], 60_000);
  t.same(running.results(), []);
  running.start();
  await waitFor(() => running.results().length === 2);
  t.match(running.results(), [
    { id: "account", outcome: "unknown", detail: "no such service" },
    { id: "port", outcome: "ok" },
  ]);
  await running.close();
  t.equal(running.results().length, 2);
});

t.test("connections of others to the main server are traces, the agent's own looks are none", async (t) => {
  const server = createServer((socket) => socket.on("error", () => {}));
  const port = await listen(t, server);
  const mainServer = { host: "localhost", port: null, amqpPort: port };
  const check = tracesCheck(mainServer, createHostLookup());
  const unseen = { id: "traces", outcome: "unknown", value: `localhost:${port}`, detail: "not_seen" };
  // Another test may have had this port within the last minute.
  await waitFor(async () => (await runCheck(check)).detail === "not_seen");
  const [, , amqp] = mainServerChecks({ ...mainServer, port }, createHostLookup());
  t.match(await runCheck(amqp as Check), { outcome: "ok" });
  t.match(await runCheck(check), unseen, "nobody else was there");
  const script = `require("node:net").connect(${port}, "127.0.0.1").on("connect", function () { this.end(); console.log("done"); })`;
  const other = spawn(process.execPath, ["-e", script]);
  t.teardown(() => other.kill());
  await once(other.stdout, "data");
  t.match(await runCheck(check), { outcome: "ok", detail: null });
  t.match(await runCheck(tracesCheck(null, createHostLookup())), NOT_SET);
});

t.test("connections are read as Linux and Windows list them", async (t) => {
  const own = new Set(["777"]);
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:0016 0200A8C0:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 777 1",
    "   1: 0100007F:0017 0200A8C0:01BB 02 00000000:00000000 00:00000000 00000000  1000        0 778 1",
    "   2: 0000000000000000FFFF00000100007F:D431 0000000000000000FFFF00000200A8C0:01BB 06 00000000:0 03:0 0 0 0 0 3",
    "",
  ].join("\n");
  t.match(parseProcNet(table, own), [
    { localPort: 22, remoteAddress: "192.168.0.2", remotePort: 443, isOwn: true },
    { localPort: 54_321, remoteAddress: "0000:0000:0000:0000:0000:ffff:c0a8:0002", isOwn: false },
  ]);
  const listed = [
    "Активные подключения",
    "  Имя    Локальный адрес        Внешний адрес          Состояние       PID",
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1044",
    "  TCP    10.0.0.5:50123         192.168.0.2:443        ESTABLISHED     4",
    "  TCP    10.0.0.5:50124         192.168.0.2:443        SYN_SENT        4",
    `  TCP    [fe80::1%7]:50125      [fd00::2%7]:443        TIME_WAIT       ${process.pid}`,
    "  UDP    0.0.0.0:500            *:*                                    4321",
  ].join("\r\n");
  t.same(parseNetstat(listed), [
    { localPort: 135, remoteAddress: "0.0.0.0", remotePort: 0, isOwn: false },
    { localPort: 50_123, remoteAddress: "192.168.0.2", remotePort: 443, isOwn: false },
    { localPort: 50_125, remoteAddress: "fd00::2", remotePort: 443, isOwn: true },
  ]);
});
