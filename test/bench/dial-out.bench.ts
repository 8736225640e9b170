/**
 * `npm run bench dial-out -- [--agents 20000]`: agents that keep a connection to the monitor, as behind a proxy, beside POS
 * servers that are called; then the monitor starts anew.
 */
import { setTimeout as delay } from "node:timers/promises";
import { readOpenFilesLimit } from "../../src/monitor/pos-client/direct/direct-transport.ts";
import { INTERVAL_MS, startPolledFleet } from "./polled-fleet.ts";
import { isQuick, numberOption, runProgram } from "./program.ts";
import { atMost, type Measured, measured, printReport, told } from "./report.ts";

/** For the direct ones, files of its own, and what else is open. */
const SPARE_FILES = 1_000;
const AGENTS_BY_PROCESS = 5_000;

const direct = isQuick ? 200 : 2_000;
const possible = Math.min(20_000, readOpenFilesLimit() - direct - SPARE_FILES);
const agents = numberOption("agents", possible, 1_000);
const seconds = isQuick ? 6 : 120;

const fleet = await startPolledFleet(agents + direct, { dialling: agents });
type Monitor = Awaited<ReturnType<typeof fleet.startMonitor>>;
const monitor = await fleet.startMonitor();
const megabytesBefore = process.memoryUsage.rss() / 1e6;
for (let from = 0; from < agents; from += AGENTS_BY_PROCESS) {
  const count = Math.min(AGENTS_BY_PROCESS, agents - from);
  await runProgram("dialling-fleet.ts", { monitor: monitor.origin, from, count });
}
const connectedMs = await untilAllAreConnected(monitor);
await delay(INTERVAL_MS); // a round of polls over the new connections
const sinceConnected = monitor.measure();
await delay(seconds * 1000);
const { rssMegabytes, maxLatenessSeconds } = sinceConnected();
await monitor.app.close();

printReport(`${agents} agents that dialled in, ${direct} direct, ${seconds} s`, [
  told("all connected at first after", `${(connectedMs / 1000).toFixed(1)} s`),
  told(`memory with ${agents} agents`, `${rssMegabytes.toFixed(0)} MB`),
  measured("memory for one agent", ((rssMegabytes - megabytesBefore) * 1000) / agents, atMost(42, "KB")),
  measured("latest poll", maxLatenessSeconds, atMost(2, "s")),
  // Agents take up to a minute for it, however few they are.
  ...(isQuick ? [] : await measureRestart(Number(new URL(monitor.origin).port))),
]);
process.exit();

async function measureRestart(port: number): Promise<Measured[]> {
  const monitor = await fleet.startMonitor(port);
  const sinceStarted = monitor.measure();
  const backMs = await untilAllAreConnected(monitor);
  await delay(INTERVAL_MS); // until each direct one was polled twice
  return [
    measured("all back after a restart", backMs / 1000, atMost(180, "s")),
    measured("latest poll meanwhile", sinceStarted().maxLatenessSeconds, atMost(2, "s")),
  ];
}

/** @returns how long it took, ms. */
async function untilAllAreConnected({ app }: Monitor): Promise<number> {
  const startedAt = performance.now();
  const waiting = new Set(Array.from({ length: agents }, (_, n) => n + 1));
  while (waiting.size > 0) {
    await delay(100);
    for (const id of waiting) if (app.posClient.agents.find(id)) waiting.delete(id);
  }
  return performance.now() - startedAt;
}
