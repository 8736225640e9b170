/**
 * `npm run bench archive -- [--megabytes 1024]`: logs from a real agent through the monitor into its store and on to a
 * browser, beside the zip writer alone over the same files.
 */
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { queueRequest } from "../helpers/requests.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { startAgentWithLogs } from "./agent-with-logs.ts";
import { fillDatabase } from "./fill-database.ts";
import { watchMemory } from "./memory.ts";
import { chainOrganizations } from "./mixed-chain.ts";
import { BENCHMARK, isQuick, numberOption, runProgram } from "./program.ts";
import { atLeast, atMost, measured, printReport, told } from "./report.ts";

const FILE_MEGABYTES = 20;
const SETTLE_MS = isQuick ? 500 : 3_000;
/** Seldom, since looking takes time from what is measured; when a request ended is in its row. */
const LOOK_EVERY_MS = 250;
const MEGABYTE = 1024 * 1024;

const files = Math.max(1, Math.round(numberOption("megabytes", 1024, 40) / FILE_MEGABYTES));
const megabytes = files * FILE_MEGABYTES;

const agent = await startAgentWithLogs({ files, megabytes: FILE_MEGABYTES });
const dataDir = makeFolder(BENCHMARK);
await fillDatabase(dataDir, chainOrganizations(1), [{ ...agent.posServer, outcomes: [] }], Date.now());
const monitor = await startMonitorProcess(BENCHMARK, dataDir);
const pid = monitor.child.pid ?? 0;
const cookie = `session=${await withDatabase(dataDir, beginTestSession)}`;
// Both programs are to be at rest: started, and the one has called the other.
await waitFor(() =>
  withDatabase(dataDir, async (db) => {
    const { lastUpdateAt } = await db
      .selectFrom("posStatus")
      .select("lastUpdateAt")
      .executeTakeFirstOrThrow();
    return lastUpdateAt !== null;
  }),
);
await monitor.page("/pos-servers");

/** How long the zip writer alone takes, ms. */
const zipAll = () => runProgram<number>("bare-zip.ts", agent.paths);
const bareBeforeMs = await zipAll();
await delay(SETTLE_MS);
const [agentGrowth, monitorGrowth] = [watchMemory(agent.pid), watchMemory(pid)];
const { id, fetchMs } = await fetchAll();
const [agentMegabytes, monitorMegabytes] = [agentGrowth(), monitorGrowth()];
// Half of it is measured before and half after, since the load changes.
const bareMs = (bareBeforeMs + (await zipAll())) / 2;
await delay(SETTLE_MS);
const sendingGrowth = watchMemory(pid);
const bytes = await downloadAll();

printReport(`${megabytes} MB of logs from a POS server into the store and to a browser, ${files} archives`, [
  measured("memory of the agent grows by", agentMegabytes, atMost(64, "MB")),
  measured("memory of the monitor grows by", monitorMegabytes, atMost(64, "MB")),
  measured("throughput, of the zip writer alone", (bareMs / fetchMs) * 100, atLeast(40, "%")),
  told("fetched and verified", `${((megabytes * 1000) / fetchMs).toFixed(0)} MB/s`),
  measured("memory of the monitor grows by, sending", sendingGrowth(), atMost(64, "MB")),
  told("sent one by one and as one", `${(bytes / MEGABYTE).toFixed(0)} MB`),
]);
process.exit();

/** Asks for all logs and waits until they are in the store. */
async function fetchAll(): Promise<{ id: number; fetchMs: number }> {
  return await withDatabase(dataDir, async (db) => {
    const id = await queueRequest(db, 1, Date.now(), { maxBytes: megabytes * MEGABYTE });
    const read = () => db.selectFrom("logRequest").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    while ((await read()).finishedAt === null) await delay(LOOK_EVERY_MS);
    const request = await read();
    if (request.status !== "done" || request.receivedBytes !== megabytes * MEGABYTE)
      throw new Error(`the logs did not come: ${JSON.stringify(request)}`);
    return { id, fetchMs: (request.finishedAt ?? 0) - (request.startedAt ?? 0) };
  });
}

/** Each archive, then the zip of them all. @returns bytes. */
async function downloadAll(): Promise<number> {
  const archives = await withDatabase(dataDir, (db) =>
    db.selectFrom("logArchive").select("id").where("logRequestId", "=", id).execute(),
  );
  let bytes = 0;
  for (const path of [...archives.map(({ id }) => `log-archives/${id}`), `log-requests/${id}/archives.zip`]) {
    const response = await fetch(`${monitor.url}/${path}`, { headers: { cookie } });
    if (!response.ok || !response.body) throw new Error(`${path} was answered with ${response.status}`);
    for await (const chunk of response.body) bytes += chunk.length;
  }
  return bytes;
}
