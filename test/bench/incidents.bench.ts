/** `npm run bench incidents -- [--pos-servers 100000]`: all POS servers go down at once. */
import { setTimeout as delay } from "node:timers/promises";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { failed } from "../helpers/outcomes.ts";
import { listenWebhook } from "../helpers/webhook-server.ts";
import type { Load } from "./load.ts";
import { addWebhook, startMixedMonitor } from "./monitor.ts";
import { BENCHMARK, isQuick, numberOption, runProgram } from "./program.ts";
import { atMost, measured, printReport } from "./report.ts";

const BATCH_RESULTS = 100;
const PAGES_PER_SECOND = 20;
const SECONDS = isQuick ? 5 : 20;
/** As the schedule does. */
const EVERY_MS = 1_000;

const posServers = numberOption("pos-servers", 100_000, 10_000);
const { app, db, origin, cookie } = await startMixedMonitor(posServers);
const { sqlite } = app.database;
const polled = await db.selectFrom("posServer").select("id").where("parked", "=", 0).orderBy("id").execute();
await addWebhook(db, app.secretBox, `${(await listenWebhook(BENCHMARK)).origin}/`, Date.now());
await delay(2 * EVERY_MS);

const waiting = sqlite.prepare("select 1 from trouble_change limit 1");
const queued = sqlite.prepare(`select 1 from delivery
  join message on message.id = delivery.message_id join incident on incident.id = message.incident_id
  where delivery.kind = 'opened' and incident.kind = 'common' and incident.opened_at >= ? limit 1`);
const terms = { urls: [`${origin}/pos-servers`], headers: { cookie }, rate: PAGES_PER_SECOND };
const loading = runProgram<Load>("load.ts", { ...terms, seconds: SECONDS });
await delay(EVERY_MS);
const startedAt = performance.now();
const downAt = Date.now() - EVERY_MS;
await goDown();
let queuedMs: number | null = null;
while (waiting.get() !== undefined || queuedMs === null) {
  await delay(20);
  if (queued.get(downAt) !== undefined) queuedMs ??= performance.now() - startedAt;
}
const keptMs = performance.now() - startedAt;
const page = await loading;

const pageTitle = `the status page meanwhile, ${PAGES_PER_SECOND} a second, 99 % below`;
printReport(`${polled.length} of ${posServers} POS servers go down at once`, [
  measured("all in their incident after", keptMs / 1000, atMost(12, "s")),
  measured("one message about it queued after", queuedMs / 1000, atMost(12, "s")),
  measured(pageTitle, page.p99Ms, atMost(150, "ms")),
]);
process.exit();

/** All refuse the monitor, in a way that none of the chain did before: saved as fast as the database takes it. */
async function goDown(): Promise<void> {
  const rules = await app.fleet.stateRules();
  for (let at = 0; at < polled.length; at += BATCH_RESULTS) {
    const batch = polled.slice(at, at + BATCH_RESULTS);
    const outcome = failed(Date.now(), "certificate_changed", "another certificate");
    const results = batch.map(({ id }) => ({ posServerId: id, outcome }));
    await savePollResults(db, results, rules);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
