import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createSyncLog } from "../../src/agent/sync-log/sync-log.ts";
import { type DemoPosServer, isInstalled, mainServerHost, POS_SERVERS } from "../../src/demo/chain.ts";
import { exchangeFailure } from "../../src/demo/exchange.ts";
import { createLogHistory } from "../../src/demo/log-history.ts";
import { createServiceLog } from "../../src/demo/service-log.ts";
import { isExchanging, presentTrouble, TROUBLE_AGE_MS } from "../../src/demo/troubles.ts";
import { causeOfText } from "../../src/monitor/fleet/cause-of-text.ts";
import { makeFolder } from "../helpers/folder.ts";
import { demoPosServer } from "../helpers/simulation.ts";

const MINUTE_MS = 60_000;
/** So that one which was parked two days ago has some. */
const DAYS = 4;
const now = Date.now();
const writeLogHistory = createLogHistory();

function write(folder: string, posServer: DemoPosServer): void {
  writeLogHistory({ posServer, logsFolder: folder, now, days: DAYS, revision: 118 });
}

async function read(folder: string, { utcOffsetMinutes }: DemoPosServer) {
  const config = await parseAgentConfig({ dataDirectory: folder, logs: { directory: folder } }, "/");
  return await createSyncLog(config.logs, utcOffsetMinutes, { set() {} }).read();
}

t.test("The agent reads in the old logs of every POS server what is wrong with it", async (t) => {
  for (const posServer of POS_SERVERS.filter(isInstalled)) {
    const folder = makeFolder(t);
    write(folder, posServer);
    const { sync, logs } = await read(folder, posServer);
    const { name, scenario } = posServer;
    const isKnown = scenario !== "unknown_wording";
    t.match(logs, { found: true, unmatched: !isKnown }, name);
    const trouble = presentTrouble(posServer);
    // A healthy one may have lost a connection just now.
    if (trouble) t.equal(sync.error?.message ?? null, trouble.detail, name);
    const ageMs = isExchanging(scenario) ? 0 : (TROUBLE_AGE_MS[scenario] ?? 0);
    const silentMs = now - (sync.lastSuccessAt ?? 0);
    if (isKnown) t.ok(silentMs >= ageMs && silentMs < ageMs + 8 * MINUTE_MS, `${name}: ${silentMs} ms`);
    else t.equal(sync.lastSuccessAt, null, name);
  }
});

t.test("An agent reads too that no name server answers, as on a machine without a network", async (t) => {
  for (const slug of ["rubinshteyna-15", "naberezhnaya-2"]) {
    const folder = makeFolder(t);
    const posServer = demoPosServer(slug);
    const { wording, write: append } = createServiceLog(folder, posServer);
    const host = mainServerHost({ scenario: "cut_off" });
    const unanswered = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: "EAI_AGAIN" });
    const failure = exchangeFailure(unanswered, { timeoutMs: null, mainServerUrl: `http://${host}` });
    append(wording.exchangeStarted("1"), wording.exchangeFailed({ number: "1", failure, guest: null }));
    const { sync } = await read(folder, posServer);
    t.equal(sync.error?.message, wording.failureAsRead(failure), slug);
    t.equal(causeOfText(sync.error?.message ?? ""), "main_server_name", slug);
  }
});

t.test("English logs have the shapes that log4net gives them", async (t) => {
  const folder = makeFolder(t);
  const posServer = demoPosServer("naberezhnaya-2");
  write(folder, posServer);
  const text = globSync("*/*.log", { cwd: folder })
    .map((name) => readFileSync(path.join(folder, name), "utf8"))
    .join("");
  const time = String.raw`^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]`;
  for (const line of [
    String.raw` {2}INFO \[ 7\] - Exchange started\r$`,
    String.raw` {2}INFO \[ 7\] - Exchange finished in 00:00:0\d, revision 11\d\r$`,
    String.raw` ERROR \[Event Loop 1\] - \r\nError while exchanging with server\r\n` +
      String.raw`System\.Data\.SQLite\.SQLiteException \(0x80004005\): database is locked\r\n` +
      String.raw`( {3}guest: .*\r\n)?( {3}at \S.*\r\n){4}`,
    String.raw` DEBUG \[Event Loop 1\] - Queue of till requests: \d, memory \d+ MB\r$`,
    String.raw` {2}WARN \[Event Loop 1\] - \r\nTill \d: answer took longer than 2 s \(2\.\d s\)\r$`,
    String.raw` {2}INFO \[48\] \[OrderHandler:Close:118\] - Order \d+: \d+\.00 bonus points added to card [\d ]+\r$`,
  ])
    t.match(text, new RegExp(`${time}${line}`, "m"));
  t.notMatch(text, /[а-яё]/i);
});
