/**
 * `npm run bench year -- [--pos-servers 300]`: how large the database of a chain gets in which each POS server has an outage a
 * day, and how long the page of one takes. What is written is what polls, incidents, rules and the nightly job write, only
 * in a shorter time; the size is scaled up to 3,000 POS servers.
 */
import { randomInt } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fastify } from "fastify";
import { sql } from "kysely";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { queueNotifications } from "../../src/monitor/notifications/queue-notifications.ts";
import { beginMonitorRun } from "../../src/monitor/polling/monitor-run.ts";
import { type PollResult, savePollResults } from "../../src/monitor/polling/save-results.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { makeFolder } from "../helpers/folder.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { withDatabase } from "../helpers/monitor-process.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { RULES } from "../helpers/statuses.ts";
import { fillDatabase } from "./fill-database.ts";
import { chainOrganizations, chainPosServerName } from "./mixed-chain.ts";
import { addWebhook, startMonitor } from "./monitor.ts";
import { BENCHMARK, isQuick, numberOption } from "./program.ts";
import { atMost, measured, printReport, timeRepeated } from "./report.ts";

const CHAIN_POS_SERVERS = 3_000;
const DAYS = isQuick ? 40 : 365;
const ORGANIZATIONS = 10;
const REPETITIONS = 15;
/** Incidents are kept after each of three steps of an outage instead of each second. */
const STEP_MS = 2 * HOUR_MS;
const DIGEST = "Vb0cSrmPTEKNu5kJ5zNvCA4hZKQ";
/** So many of each that never many POS servers fail in the same way at once. */
const ERRORS = [
  "Не удалось выполнить обмен с главным сервером: превышено время ожидания ответа, попытка 3 из 5",
  "Ошибка синхронизации: нарушена целостность базы данных iikoCard5POS.mdf, страница (1:4711)",
  "System.Net.WebException: Невозможно соединиться с удаленным сервером 10.20.4.7:443",
  "Версия протокола не поддерживается: требуется 34.2, установлена 34.1.90.2",
];
const SILENCES = ["connect ECONNREFUSED", "connect EHOSTUNREACH", "read ECONNRESET", "connect ENETUNREACH"];

const posServers = numberOption("pos-servers", 300, 20);
const { log } = fastify({ logger: false });
const endsAt = Date.now();
const beganAt = endsAt - DAYS * DAY_MS;

const dataDir = makeFolder(BENCHMARK);
const file = join(dataDir, DATABASE_FILE);
await provideDatabase(dataDir);
const emptyBytes = statSync(file).size;
const filled = Array.from({ length: posServers }, (_, n) => ({
  organization: n % ORGANIZATIONS,
  name: chainPosServerName(n),
  address: `https://pos-${n + 1}.chain.test:8443`,
  token: `token ${n}`,
  identity: `year-${n + 1}`,
  outcomes: [answer(beganAt, null)],
}));
await fillDatabase(dataDir, chainOrganizations(ORGANIZATIONS), filled, beganAt);
await withDatabase(dataDir, async (db) => {
  // All are told of: one more thing to do for everything that changes.
  await addWebhook(db, openSecretBox(dataDir), "http://127.0.0.1/", beganAt);
  await beginMonitorRun(db, beganAt, endsAt);
  for (let day = 0; day < DAYS; day += 1) await liveThrough(db, beganAt + day * DAY_MS);
});
const bytes = statSync(file).size;
const megabytes = (emptyBytes + ((bytes - emptyBytes) * CHAIN_POS_SERVERS) / posServers) / 1e6;
const { origin, cookie } = await startMonitor(dataDir);
const pageMs = await timeRepeated(REPETITIONS, askForPage);

printReport(`${posServers} POS servers for ${DAYS} days, an outage a day each`, [
  measured("database of 3,000 POS servers", megabytes, atMost(800, "MB")),
  measured(`page of one POS server, median of ${REPETITIONS}`, pageMs, atMost(15, "ms")),
]);
process.exit();

/** All outages of a day: an error of the exchange, silence, and recovery; then what is done at night. */
async function liveThrough(db: Db, from: number): Promise<void> {
  const polls = Array.from({ length: posServers }, (_, n): PollResult[] => {
    const at = from + Math.floor((((n * 7_919) % posServers) / posServers) * DAY_MS) + randomInt(MINUTE_MS);
    const later = (ms: number) => at + ms + randomInt(MINUTE_MS);
    const silence = `${SILENCES[n % SILENCES.length]} 10.${Math.floor(n / 250)}.${n % 250}.2:8443`;
    const outcomes = [
      answer(at, ERRORS[n % ERRORS.length] ?? null),
      failed(later(STEP_MS), "connect_refused", silence),
      failed(later(STEP_MS + MINUTE_MS), "connect_refused", silence),
      answer(later(2 * STEP_MS), null),
    ];
    return outcomes.map((outcome) => ({ posServerId: n + 1, outcome }));
  })
    .flat()
    .sort((one, other) => one.outcome.receivedAt - other.outcome.receivedAt);
  const steps = Map.groupBy(polls, ({ outcome }) => Math.floor((outcome.receivedAt - from) / STEP_MS));
  for (const [step, results] of steps) {
    const now = from + (step + 1) * STEP_MS;
    await savePollResults(db, results, RULES);
    await keepIncidents(db, now);
    await queueNotifications(db, log, now);
    await deliver(db, now);
  }
  await removeOldHistory(db, from + DAY_MS);
}

function answer(at: number, error: string | null): StatusOutcome {
  const minutes = error === null ? 1 : 2;
  return received(at, { syncedAgoMs: minutes * MINUTE_MS + randomInt(MINUTE_MS), error });
}

/** As the outbox notes it, without a call. */
async function deliver(db: Db, now: number): Promise<void> {
  const sent = await db
    .updateTable("delivery")
    .set({ attempts: 1, triedAt: now, finishedAt: now, outcome: "sent" })
    .where("finishedAt", "is", null)
    .where("dueAt", "<=", now)
    .returning("messageId")
    .execute();
  const ids = sent.map(({ messageId }) => messageId);
  const said = db.updateTable("message").set({ said: sql`says`, saidDigest: DIGEST, saidAt: now });
  await said.where("id", "in", ids).execute();
}

async function askForPage(): Promise<void> {
  const response = await fetch(`${origin}/pos-servers/7`, { headers: { cookie } });
  if (!response.ok || !(await response.text())) throw new Error(`the page: ${response.status}`);
}
