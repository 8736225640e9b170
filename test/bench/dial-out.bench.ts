/**
 * `npm run bench dial-out -- [--agents 20000] [--direct 2000] [--seconds 120] [--tls]`: agents that keep a connection to
 * the monitor, beside POS servers that are called; then the monitor starts anew.
 */
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { buildApp } from "../../src/monitor/app.ts";
import { readConfig } from "../../src/monitor/config.ts";
import { createPosClient } from "../../src/monitor/pos-client/client.ts";
import { readOpenFilesLimit } from "../../src/monitor/pos-client/direct/direct-transport.ts";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import type { FleetReady } from "./fleet-plan.ts";
import { makeDataFolder } from "./monitor.ts";
import { isQuick, numberOption } from "./options.ts";
import { INTERVAL_MS, watchCalls } from "./polling-monitor.ts";
import { type Program, runProgram, startProgram } from "./program.ts";
import { type Measured, measured, printReport, told } from "./report.ts";

/** For the direct ones, files of its own, and what else is open. */
const SPARE_FILES = 1_000;
const AGENTS_BY_PROCESS = 5_000;

const direct = numberOption("direct", 2_000, 200);
const possible = Math.min(20_000, readOpenFilesLimit() - direct - SPARE_FILES);
const agents = numberOption("agents", possible, 1_000);
const isTls = process.argv.includes("--tls");
const seconds = numberOption("seconds", 120, 6);

const folder = await makeDataFolder();
const tls = isTls ? await writeCertificate() : null;
const fleet: Program<FleetReady> = await startProgram("fleet.ts", ["--failing-percent", "0"]);
const counts = [agents + direct, INTERVAL_MS, agents].map(String);
await runProgram("fleet-registry.ts", [folder.dataDir, JSON.stringify(fleet.first), ...counts]);

const firstMonitor = await startMonitor(0);
const memoryBefore = residentMegabytes();
const dialling: Program<boolean>[] = [];
for (let from = 0; from < agents; from += AGENTS_BY_PROCESS) {
  const count = String(Math.min(AGENTS_BY_PROCESS, agents - from));
  dialling.push(
    await startProgram("dialling-fleet.ts", [firstMonitor.origin, String(from), count, tls?.pin ?? ""]),
  );
}
const firstAllMs = await untilAllAreConnected(firstMonitor);
await delay(INTERVAL_MS); // a round of polls over the new connections
const sinceConnected = firstMonitor.measure();
await delay(seconds * 1000);
const figures = sinceConnected();
const memory = residentMegabytes();
await firstMonitor.app.close();

// Agents take up to a minute for it, however few they are.
const restarted = isQuick ? [] : await measureRestart(firstMonitor.port);
for (const program of [...dialling, fleet]) await program.stop();
await folder.remove();

const report: Measured[] = [
  told("all connected at first after", `${(firstAllMs / 1000).toFixed(1)} s`),
  told("memory of the monitor before", `${memoryBefore.toFixed(0)} MB`),
  measured(`memory with ${agents} agents`, memory, "dialOutMemory"),
  told("for one connection", `${(((memory - memoryBefore) * 1000) / agents).toFixed(1)} KB`),
  told("polls a second", figures.perSecond.toFixed(0)),
  told("of them failed", String(figures.failed)),
  told("CPU for one poll", `${figures.cpuMsPerPoll.toFixed(3)} ms`),
  measured("latest poll", figures.maxLatenessMs / 1000, "pollingLatest"),
  ...restarted,
];
printReport(
  `${agents} agents that dialled in${tls ? " over TLS" : ""}, ${direct} direct, ${seconds} s`,
  report,
);

async function measureRestart(port: number): Promise<Measured[]> {
  const monitor = await startMonitor(port);
  const sinceStarted = monitor.measure();
  const backMs = await untilAllAreConnected(monitor);
  const storm = sinceStarted();
  await monitor.app.close();
  return [
    measured("all back after a restart", backMs / 1000, "dialOutBack"),
    measured("latest poll meanwhile", storm.maxLatenessMs / 1000, "pollingLatest"),
  ];
}

async function startMonitor(port: number) {
  const watch = watchCalls(createPosClient());
  const config = readConfig({
    DATA_DIR: folder.dataDir,
    LOG_LEVEL: "error",
    ...(tls && { TLS_CERT: tls.certificateFile, TLS_KEY: tls.keyFile }),
  });
  const app = await buildApp(config, { client: watch.client });
  const origin = await app.listen({ host: "127.0.0.1", port });
  return { app, origin, port: Number(new URL(origin).port), measure: watch.measure };
}

/** @returns how long it took, ms. */
async function untilAllAreConnected({ app }: Awaited<ReturnType<typeof startMonitor>>): Promise<number> {
  const startedAt = performance.now();
  const waiting = new Set(Array.from({ length: agents }, (_, n) => n + 1));
  while (waiting.size > 0) {
    await delay(100);
    for (const id of waiting) if (app.posClient.agents.find(id)) waiting.delete(id);
  }
  return performance.now() - startedAt;
}

async function writeCertificate() {
  const { cert, key } = await makeCertificate();
  const files = {
    certificateFile: join(folder.dataDir, "cert.pem"),
    keyFile: join(folder.dataDir, "key.pem"),
  };
  await writeFile(files.certificateFile, cert);
  await writeFile(files.keyFile, key);
  return { ...files, pin: publicKeyPin(new X509Certificate(cert)) };
}

function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1e6;
}
