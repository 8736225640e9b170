import { readdirSync, statSync } from "node:fs";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createSyncLog } from "../../src/agent/sync-log/sync-log.ts";
import { type DemoPosServer, isInstalled, mainServerHost, POS_SERVERS } from "../../src/demo/chain.ts";
import { writeLogHistory } from "../../src/demo/log-history.ts";
import { exchangeFailure } from "../../src/demo/pos-service.ts";
import { seededRandom } from "../../src/demo/random.ts";
import { createServiceLog } from "../../src/demo/service-log.ts";
import { isExchanging, presentTrouble, troubleAgeMs } from "../../src/demo/troubles.ts";
import { causeOfText } from "../../src/monitor/fleet/cause-patterns.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { makeFolder } from "../helpers/folder.ts";
import { demoPosServer } from "../helpers/simulation.ts";

/** So that one which was parked two days ago has some. */
const DAYS = 4;
const now = Date.now();
const random = seededRandom(118);

function write(folder: string, posServer: DemoPosServer): void {
  writeLogHistory({ posServer, logsFolder: folder, now, days: DAYS, revision: 118, random });
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
    const ageMs = isExchanging(scenario) ? 0 : troubleAgeMs(scenario);
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
    const failure = exchangeFailure(unanswered, { timeoutMs: 0, mainServerUrl: `http://${host}` });
    append(wording.exchangeStarted(1), wording.exchangeFailed({ number: 1, failure, guest: null }));
    const { sync } = await read(folder, posServer);
    t.equal(sync.error?.message, wording.failureAsRead(failure), slug);
    t.equal(causeOfText(sync.error?.message ?? ""), "main_server_name", slug);
  }
});

t.test("Each day of the POS server's clock has its files, last changed on that day", async (t) => {
  const folder = t.testdir();
  const now = Date.parse("2026-11-24T13:42:10.000Z");
  const posServer = demoPosServer("pokrovka-17");
  writeLogHistory({ posServer, logsFolder: folder, now, days: 2, revision: 118, random });
  t.same(readdirSync(folder), ["2026-11-23", "2026-11-24"]);
  const midnightInMoscow = Date.parse("2026-11-23T21:00:00.000Z");
  t.equal(Math.round(statSync(`${folder}/2026-11-23/pos.log`).mtimeMs), midnightInMoscow - 1);
});
