/**
 * `npm run bench log-search -- [--agents 50] [--simulated 450] [--megabytes 10]`: «Где ещё?» over real agents with logs,
 * each in its own process, and simulated POS servers.
 */
import { appendFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "../helpers/folder.ts";
import { failedLine } from "../helpers/log-folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startAgentWithLogs } from "./agent-with-logs.ts";
import { type FilledPosServer, fillDatabase } from "./fill-database.ts";
import { watchMemory } from "./memory.ts";
import { chainOrganizations } from "./mixed-chain.ts";
import { AGENT_FLAGS, BENCHMARK, isQuick, numberOption, runProgram } from "./program.ts";
import { atMost, measured, printReport } from "./report.ts";
import { type Fleet, fleetPosServer, ORGANIZATIONS, SYNC_ERROR } from "./simulated-fleet.ts";

/** As the page does; more often to see how soon it is. */
const REFRESH_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 120_000;
/** Of polls before, for the monitor to have grown as it does by itself. */
const SETTLE_MS = isQuick ? 2_000 : 70_000;

const agents = numberOption("agents", 50, 4);
const simulated = numberOption("simulated", 450, 40);
const megabytes = numberOption("megabytes", 10, 2);

const fleet: Fleet = await runProgram("fleet.ts", { failingPercent: 0 });
const posServers = Array.from({ length: simulated }, (_, n) => fleetPosServer(fleet, n, Date.now()));
for (let n = 0; n < agents; n += 1) posServers.push(await startOne(n));
const dataDir = makeFolder(BENCHMARK);
await fillDatabase(dataDir, chainOrganizations(ORGANIZATIONS), posServers, Date.now());
const monitor = await startMonitorProcess(BENCHMARK, dataDir);
await delay(SETTLE_MS);

const growth = watchMemory(monitor.child.pid ?? 0);
const { firstMs, allMs, answered } = await search();
printReport(`${agents} agents with ${megabytes} MB of logs each, ${simulated} simulated: ${answered}`, [
  measured("first results after", firstMs / 1000, atMost(1, "s")),
  measured("all have answered after", allMs / 1000, atMost(10, "s")),
  measured("memory of the monitor grows by", growth(), atMost(50, "MB")),
]);
process.exit();

/** Every fifth has nothing to be found. */
async function startOne(n: number): Promise<FilledPosServer> {
  const { paths, posServer } = await startAgentWithLogs({ files: 1, megabytes }, AGENT_FLAGS);
  await appendFile(paths[0] ?? "", failedLine(Date.now(), SYNC_ERROR).repeat(n % 5));
  return { ...posServer, name: `Agent ${n}` };
}

async function search() {
  const begunAt = performance.now();
  await monitor.post("/log-searches", { sought: SYNC_ERROR, span: "day" });
  let firstMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const page = await monitor.page("/log-searches/1");
    const ms = performance.now() - begunAt;
    if (page.includes("log-search-found")) firstMs = Math.min(firstMs, ms);
    const isOpen = page.includes("/log-searches/1/cancellation");
    if (!isOpen || ms > PATIENCE_MS)
      return { firstMs, allMs: ms, answered: /Ответили [^<]*/.exec(page)?.[0] };
    await delay(agents + simulated > 1_000 ? REFRESH_EVERY_MS : LOOK_EVERY_MS);
  }
}
