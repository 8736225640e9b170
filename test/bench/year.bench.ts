/**
 * `npm run bench year -- [--pos-servers 300] [--days 365] [--outages 1]`: how large the database of a chain gets in which
 * each POS server has so many outages a day, and how long the pages that read its history take. What is written is what
 * polls, incidents, rules and the nightly job write, only in a shorter time; sizes are scaled up to 3,000 POS servers.
 */

import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fastify } from "fastify";
import { sql } from "kysely";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { type OpenDatabase, openDatabase } from "../../src/monitor/database/open.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { queueNotifications } from "../../src/monitor/notifications/queue-notifications.ts";
import { createChannel, type NewChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import { beginMonitorRun } from "../../src/monitor/polling/monitor-run.ts";
import { type PollResult, savePollResults } from "../../src/monitor/polling/save-results.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import { beginTestSession } from "../helpers/session.ts";
import { RULES } from "../helpers/statuses.ts";
import { fillDatabase } from "./fill-database.ts";
import { chainOrganizations, chainPosServerName } from "./mixed-chain.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { numberOption } from "./options.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const CHAIN_POS_SERVERS = 3_000;
const YEAR_DAYS = 365;
const ORGANIZATIONS = 10;
const REPETITIONS = 15;
const LARGE_BYTES = 20_000;
/** So many of each that never many POS servers fail in the same way at once. */
const ERRORS = [
  "Не удалось выполнить обмен с главным сервером: превышено время ожидания ответа, попытка 3 из 5",
  "Ошибка синхронизации: нарушена целостность базы данных iikoCard5POS.mdf, страница (1:4711)",
  "System.Net.WebException: Невозможно соединиться с удаленным сервером 10.20.4.7:443",
  "Версия протокола не поддерживается: требуется 34.2, установлена 34.1.90.2",
];
const SILENCES = ["connect ECONNREFUSED", "connect EHOSTUNREACH", "read ECONNRESET", "connect ENETUNREACH"];

const posServers = numberOption("pos-servers", 300, 20);
const days = numberOption("days", YEAR_DAYS, 40);
const outages = numberOption("outages", 1);
/** Each outage has three; incidents are kept after each of them instead of each second. */
const stepMs = Math.min(2 * HOUR_MS, DAY_MS / outages / 3.6);
const { log } = fastify({ logger: false });
const endsAt = Date.now();
const beganAt = endsAt - days * DAY_MS;

const folder = await makeDataFolder();
const file = join(folder.dataDir, DATABASE_FILE);
const empty = openDatabase(file);
await migrateDatabase(empty);
await empty.db.destroy();
const emptyBytes = statSync(file).size;
const filled = Array.from({ length: posServers }, (_, n) => ({
  organization: n % ORGANIZATIONS,
  name: chainPosServerName(n),
  address: `https://pos-${n + 1}.chain.test:8443`,
  token: `token ${n}`,
  fingerprint: null,
  identity: `year-${n + 1}`,
  isParked: false,
  outcomes: [answer(n + 1, beganAt, null)],
}));
await fillDatabase(folder.dataDir, chainOrganizations(ORGANIZATIONS), filled, beganAt);
const database = openDatabase(file);
await addChannel(database);
await beginMonitorRun(database.db, beganAt, endsAt);
const startedAt = performance.now();
let nightMs = 0;
for (let day = 0; day < days; day += 1) await liveThrough(database, beganAt + day * DAY_MS);
const spentSeconds = (performance.now() - startedAt) / 1_000;
const tables = sizesOf(database);
const oldest = Number(database.sqlite.prepare("select min(id) from incident").pluck().get());
const newest = Number(database.sqlite.prepare("select max(id) from incident").pluck().get());
await database.db.destroy();
const bytes = statSync(file).size;

const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
const cookie = `session=${await beginTestSession(app.database.db)}`;
const pages = [];
for (const page of [
  "/pos-servers",
  "/pos-servers/7",
  "/pos-servers/7?history=2000",
  "/incidents?show=closed",
  "/incidents?show=closed&period=month",
  "/incidents?show=closed&period=month&q=целостность",
  `/incidents/${newest}`,
  `/incidents/${oldest}`,
])
  pages.push({ page, ms: await timePage(page) });
await app.close();
await folder.remove();

const isYear = days === YEAR_DAYS && outages === 1;
const megabytes = megabytesOf(bytes);
printReport(`${posServers} POS servers for ${days} days, ${outages} outages a day each`, [
  isYear
    ? measured("database of 3,000 POS servers", megabytes, "year")
    : told("database of 3,000 POS servers", `${megabytes.toFixed(0)} MB`),
  told("an outage of these", `${Math.round((bytes - emptyBytes) / (posServers * days * outages))} B`),
  told(
    "lived through in; the longest night",
    `${spentSeconds.toFixed(0)} s; ${(nightMs / 1_000).toFixed(1)} s`,
  ),
]);
printReport(
  "Tables and indexes, for 3,000 POS servers",
  tables.map(({ name, size, rows }) => told(name, `${megabytesOf(size, 0).toFixed(1)} MB${rows}`)),
);
printReport(
  `Pages, median of ${REPETITIONS}`,
  pages.map(({ page, ms }) => told(page, `${ms.toFixed(1)} ms`)),
);

/** Of the whole chain. */
function megabytesOf(size: number, fixed = emptyBytes): number {
  return (fixed + ((size - fixed) * CHAIN_POS_SERVERS) / posServers) / 1e6;
}

/** All outages of a day: an error of the exchange, silence, and recovery; then what is done at night. */
async function liveThrough({ db }: OpenDatabase, from: number): Promise<void> {
  const polls = Array.from({ length: posServers * outages }, (_, index): PollResult[] => {
    const [n, turn] = [index % posServers, Math.floor(index / posServers)];
    const place = (((n * 7_919) % posServers) / posServers + turn) / outages;
    const at = from + Math.floor(place * DAY_MS) + randomInt(MINUTE_MS);
    const result = (outcome: StatusOutcome) => ({ posServerId: n + 1, outcome });
    return [
      result(answer(n + 1, at, ERRORS[(n + turn) % ERRORS.length] ?? null)),
      result(silence(n + 1, at + stepMs + randomInt(MINUTE_MS))),
      result(silence(n + 1, at + stepMs + MINUTE_MS + randomInt(MINUTE_MS))),
      result(answer(n + 1, at + 2 * stepMs + randomInt(MINUTE_MS), null)),
    ];
  })
    .flat()
    .sort((one, other) => one.outcome.receivedAt - other.outcome.receivedAt);
  const steps = Map.groupBy(polls, ({ outcome }) => Math.floor((outcome.receivedAt - from) / stepMs));
  for (const [step, results] of steps) {
    const now = from + (step + 1) * stepMs;
    await savePollResults(db, results, RULES);
    await keepIncidents(db, now);
    await queueNotifications(db, log, now);
    await deliver(db, now);
  }
  const nightAt = performance.now();
  await removeOldHistory(db, from + DAY_MS);
  nightMs = Math.max(nightMs, performance.now() - nightAt);
}

function answer(n: number, at: number, error: string | null): StatusOutcome {
  const time = new Date(at).toISOString();
  const lastSuccessAt = new Date(
    at - (error === null ? 1 : 2) * MINUTE_MS - randomInt(MINUTE_MS),
  ).toISOString();
  const sync = {
    lastAttemptAt: time,
    lastSuccessAt,
    error: error === null ? null : { at: time, message: error },
  };
  return { ok: true, receivedAt: at, report: exampleReport({ posServerId: `year-${n}`, time, sync }) };
}

function silence(n: number, at: number): StatusOutcome {
  const detail = `${SILENCES[n % SILENCES.length]} 10.${Math.floor(n / 250)}.${n % 250}.2:8443`;
  return { ok: false, receivedAt: at, failure: { code: "connect_refused", detail } };
}

/** All are told of: one more thing to do for everything that changes. */
async function addChannel({ db }: OpenDatabase): Promise<void> {
  const actor = { userId: null, login: "bench", name: null, address: "cli" };
  const wanted: NewChannel = {
    kind: "webhook",
    name: "bench",
    language: "ru",
    timeZone: "Europe/Moscow",
    viaId: null,
    settings: { url: "http://127.0.0.1/" },
    secrets: {},
    ownerId: null,
    hasDefaultRule: true,
  };
  await createChannel(db, openSecretBox(folder.dataDir), actor, wanted, beganAt);
}

/** As the outbox notes it, without a call. */
async function deliver(db: OpenDatabase["db"], now: number): Promise<void> {
  const sent = await db
    .updateTable("delivery")
    .set({ attempts: 1, triedAt: now, finishedAt: now, outcome: "sent" })
    .where("finishedAt", "is", null)
    .where("dueAt", "<=", now)
    .returning("messageId")
    .execute();
  await db
    .updateTable("message")
    .set({ said: sql`says`, saidDigest: "Vb0cSrmPTEKNu5kJ5zNvCA4hZKQ", saidAt: now })
    .where(
      "id",
      "in",
      sent.map(({ messageId }) => messageId),
    )
    .execute();
}

/** The largest first. */
function sizesOf({ sqlite }: OpenDatabase): { name: string; size: number; rows: string }[] {
  const found = sqlite
    .prepare<[], { name: string; size: number; type: string }>(
      `select dbstat.name, sum(pgsize) as size, type from dbstat left join sqlite_schema using (name)
       group by dbstat.name having size > ${LARGE_BYTES} order by size desc`,
    )
    .all();
  const countOf = (name: string) => sqlite.prepare(`select count(*) from ${name}`).pluck().get();
  return found.map(({ name, size, type }) => ({
    name,
    size,
    rows: type === "table" ? `, ${countOf(name)} rows here` : "",
  }));
}

async function timePage(path: string): Promise<number> {
  const times: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const askedAt = performance.now();
    const response = await fetch(`${origin}${path}`, { headers: { cookie } });
    await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    times.push(performance.now() - askedAt);
  }
  return quantile(times, 0.5);
}
