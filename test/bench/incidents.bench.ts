/** `npm run bench incidents -- [--pos-servers 100000]`: all POS servers go down at once. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { createChannel, type NewChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { failureOf } from "../../src/monitor/pos-client/calls/failure.ts";
import { makeSecretToken } from "../../src/monitor/secrets/secret-box.ts";
import { beginTestSession } from "../helpers/session.ts";
import type { Load } from "./load.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { numberOption } from "./options.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, told } from "./report.ts";

const BATCH_RESULTS = 100;
const REQUESTS_PER_SECOND = "20";
const SECONDS = String(numberOption("seconds", 20, 5));
/** As the schedule does. */
const EVERY_MS = 1_000;

const posServers = numberOption("pos-servers", 100_000, 10_000);

const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, String(posServers)]);
const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
const { db } = app.database;
const cookie = `session=${await beginTestSession(db)}`;
const ids = await listPolled();
const receiver = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
await once(receiver, "listening");
await addWebhook();
await delay(2 * EVERY_MS);

const load = runProgram<Load>("load.ts", [
  ...["--seconds", SECONDS, "--rate", REQUESTS_PER_SECOND, "--header", `cookie:${cookie}`],
  ...[`${origin}/pos-servers`],
]);
await delay(EVERY_MS);
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const startedAt = performance.now();
const downAt = Date.now() - EVERY_MS;
await goDown();
const savedMs = performance.now() - startedAt;
let queuedMs: number | null = null;
while ((await countWaiting()) > 0 || queuedMs === null) {
  await delay(20);
  if (queuedMs === null && (await isQueued())) queuedMs = performance.now() - startedAt;
}
const keptMs = performance.now() - startedAt;
const common = await db
  .selectFrom("incident")
  .select(["failing", "members"])
  .where("kind", "=", "common")
  .where("closedAt", "is", null)
  .orderBy("failing", "desc")
  .limit(1)
  .executeTakeFirst();
const page = await load;
await app.close();
receiver.close();
await folder.remove();

printReport(`${ids.length} of ${posServers} POS servers go down at once`, [
  told("every poll saved after", `${(savedMs / 1000).toFixed(1)} s`),
  measured("all in their incident after", keptMs / 1000, "incidentsSaved"),
  measured("one message about it queued after", queuedMs / 1000, "incidentsSaved"),
  told("POS servers of the incident of many", String(common?.failing ?? 0)),
  measured(
    `the status page meanwhile, ${REQUESTS_PER_SECOND} a second, 99 % below`,
    page.p99Ms,
    "pageDuringIncidents",
  ),
  told(
    "event loop, 99 % below; longest",
    `${(loop.percentile(99) / 1e6).toFixed(1)} ms; ${(loop.max / 1e6).toFixed(1)} ms`,
  ),
  told("half below; longest", `${page.p50Ms.toFixed(1)} ms; ${page.maxMs.toFixed(1)} ms`),
]);

async function listPolled(): Promise<number[]> {
  const rows = await db.selectFrom("posServer").select("id").where("parked", "=", 0).orderBy("id").execute();
  return rows.map(({ id }) => id);
}

/** All are told of: one more thing to do for everything that changes. */
async function addWebhook(): Promise<void> {
  const actor = { userId: null, login: "bench", name: null, address: "cli" };
  const { port } = receiver.address() as AddressInfo;
  const wanted: NewChannel = {
    kind: "webhook",
    name: "bench",
    language: "ru",
    timeZone: "Europe/Moscow",
    viaId: null,
    settings: { url: `http://127.0.0.1:${port}/` },
    secrets: { secret: makeSecretToken() },
    ownerId: null,
    hasDefaultRule: true,
  };
  const made = await createChannel(db, app.secretBox, actor, wanted, Date.now());
  if (typeof made !== "number") throw new Error(made);
}

async function isQueued(): Promise<boolean> {
  const queued = await db
    .selectFrom("delivery")
    .innerJoin("message", "message.id", "delivery.messageId")
    .innerJoin("incident", "incident.id", "message.incidentId")
    .select("delivery.id")
    .where("delivery.kind", "=", "opened")
    .where("incident.kind", "=", "common")
    .where("incident.openedAt", ">=", downAt)
    .limit(1)
    .executeTakeFirst();
  return queued !== undefined;
}

/** The way to all of them is gone: their polls are saved as fast as the database takes them. */
async function goDown(): Promise<void> {
  const rules = await app.fleet.stateRules();
  for (let at = 0; at < ids.length; at += BATCH_RESULTS) {
    const results = ids.slice(at, at + BATCH_RESULTS).map((posServerId) => ({
      posServerId,
      outcome: {
        ok: false as const,
        receivedAt: Date.now(),
        failure: failureOf("unauthorized", "HTTP 401"),
      },
    }));
    await savePollResults(db, results, rules);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function countWaiting(): Promise<number> {
  const { waiting } = await db
    .selectFrom("troubleChange")
    .select(({ fn }) => fn.countAll<number>().as("waiting"))
    .executeTakeFirstOrThrow();
  return waiting;
}
