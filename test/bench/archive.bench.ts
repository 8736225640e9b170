/**
 * `npm run bench archive`: logs from a real agent through the monitor into its store and on to a browser, beside the zip
 * writer alone over the same files. `--megabytes 100` takes less than 1 GB.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { type OpenDatabase, openDatabase } from "../../src/monitor/database/open.ts";
import { queueRequest } from "../helpers/requests.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startAgentAndMonitor } from "./agent-and-monitor.ts";
import { download, watchPage } from "./browser.ts";
import { writeLogFiles } from "./log-files.ts";
import { watchMemory } from "./memory.ts";
import { makeDataFolder } from "./monitor.ts";
import { isQuick, numberOption } from "./options.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const FILE_MEGABYTES = 20;
const SETTLE_MS = isQuick ? 500 : 3_000;
/** Seldom, since looking takes time from what is measured; when a request ended is in its row. */
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 10 * 60_000;
const MEGABYTE = 1024 * 1024;

const files = Math.max(1, Math.round(numberOption("megabytes", 1024, 40) / FILE_MEGABYTES));
const megabytes = files * FILE_MEGABYTES;

const folder = await makeDataFolder();
const logs = join(folder.dataDir, "Logs");
await mkdir(logs);
const paths = await writeLogFiles(logs, { files, megabytes: FILE_MEGABYTES });
const programs = await startAgentAndMonitor(folder.dataDir, logs);
const database = openDatabase(join(folder.dataDir, DATABASE_FILE));
try {
  await waitUntilPolled(database);
  const session = await beginTestSession(database.db);
  await download(`${programs.origin}/pos-servers`, session);
  const bareBeforeMs = await zipAll();

  await delay(SETTLE_MS);
  const [agentGrowth, monitorGrowth] = [watchMemory(programs.agent), watchMemory(programs.monitor)];
  const pageTimes = watchPage(`${programs.origin}/pos-servers`, session);
  const { requestId, fetchMs } = await fetchAll(database);
  const [agentMegabytes, monitorMegabytes] = [agentGrowth(), monitorGrowth()];
  const times = await pageTimes();
  const bareMs = (bareBeforeMs + (await zipAll())) / 2;

  await delay(SETTLE_MS);
  const downloadGrowth = watchMemory(programs.monitor);
  const downloadedAt = performance.now();
  const bytes = await downloadAll(database, requestId, session);
  const downloadMs = performance.now() - downloadedAt;
  const downloadMegabytes = downloadGrowth();

  printReport(`${megabytes} MB of logs from a POS server into the store, ${files} archives`, [
    measured("memory of the agent grows by", agentMegabytes, "archiveMemory"),
    measured("memory of the monitor grows by", monitorMegabytes, "archiveMemory"),
    measured("throughput, of the zip writer alone", (bareMs / fetchMs) * 100, "archiveOfZip"),
    told("fetched and verified", `${((megabytes * 1000) / fetchMs).toFixed(0)} MB/s`),
    told("the zip writer alone", `${((megabytes * 1000) / bareMs).toFixed(0)} MB/s`),
    told("the status page meanwhile, half below", `${quantile(times, 0.5).toFixed(1)} ms`),
    told("the status page meanwhile, 99 % below", `${quantile(times, 0.99).toFixed(1)} ms`),
  ]);
  printReport(
    `${(bytes / MEGABYTE).toFixed(0)} MB of zips from the store to a browser, one by one and as one`,
    [
      measured("memory of the monitor grows by, sending", downloadMegabytes, "archiveMemory"),
      told("downloaded", `${(bytes / MEGABYTE / (downloadMs / 1000)).toFixed(0)} MB/s`),
    ],
  );
} finally {
  await database.db.destroy();
  await programs.stop();
  await folder.remove();
}

/** Both programs are at rest: started, and the one has called the other. */
async function waitUntilPolled({ db }: OpenDatabase): Promise<void> {
  const isPolled = async () =>
    (await db.selectFrom("posStatus").select("lastUpdateAt").executeTakeFirst())?.lastUpdateAt != null;
  await waitFor(isPolled, { timeoutMs: PATIENCE_MS });
}

/** How long the zip writer alone takes, ms; half of it is measured before and half after, since the load changes. */
async function zipAll(): Promise<number> {
  return (await runProgram<{ ms: number }>("bare-zip.ts", paths)).ms;
}

/** Asks for all logs and waits until they are in the store. */
async function fetchAll({ db }: OpenDatabase): Promise<{ requestId: number; fetchMs: number }> {
  const requestId = await queueRequest(db, 1, Date.now());
  await db
    .updateTable("logRequest")
    .set({ maxBytes: megabytes * MEGABYTE })
    .where("id", "=", requestId)
    .execute();
  const read = () =>
    db.selectFrom("logRequest").selectAll().where("id", "=", requestId).executeTakeFirstOrThrow();
  while ((await read()).finishedAt === null) await delay(LOOK_EVERY_MS);
  const { status, failureCode, failureDetail, receivedBytes, startedAt, finishedAt } = await read();
  if (status !== "done" || receivedBytes !== megabytes * MEGABYTE) {
    throw new Error(
      `The logs did not come: ${status} ${failureCode} ${failureDetail}, ${receivedBytes} bytes`,
    );
  }
  return { requestId, fetchMs: (finishedAt ?? 0) - (startedAt ?? 0) };
}

/** Each archive, then the zip of them all. @returns bytes. */
async function downloadAll({ db }: OpenDatabase, requestId: number, session: string): Promise<number> {
  const archives = await db
    .selectFrom("logArchive")
    .select("id")
    .where("logRequestId", "=", requestId)
    .execute();
  let bytes = 0;
  for (const { id } of archives) bytes += await download(`${programs.origin}/log-archives/${id}`, session);
  return bytes + (await download(`${programs.origin}/log-requests/${requestId}/archives.zip`, session));
}
