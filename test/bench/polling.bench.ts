/** `npm run bench polling -- [--pos-servers 100000] [--seconds 180]`: polling over plain HTTP, a connection each. */
import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { BarePolling } from "./bare-polling.ts";
import { timeBlackboxExporter } from "./blackbox-exporter.ts";
import { numberOption } from "./options.ts";
import { INTERVAL_MS, startPollingMonitor } from "./polling-monitor.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, told } from "./report.ts";

const BARE_POLLS = numberOption("bare-polls", 20_000, 5_000);
/** The first round only shows when each POS server has its turn, and the code is still being compiled. */
const WARM_UP_MS = INTERVAL_MS * 1.1;

const posServers = numberOption("pos-servers", 100_000, 5_000);
const seconds = numberOption("seconds", 120, 8);

const monitor = await startPollingMonitor({ posServers });
const bare = await runProgram<BarePolling>("bare-polling.ts", [
  JSON.stringify(monitor.fleet),
  String(BARE_POLLS),
]);
const blackboxMs = await timeBlackboxExporter(monitor.fleet);
await delay(WARM_UP_MS);
const bytesBefore = databaseBytes();
const warm = monitor.measure();
await delay(seconds * 1000);
const figures = warm();
const memory = process.memoryUsage();
const grownMegabytes = (databaseBytes() - bytesBefore) / 1e6;
const changes = await monitor.app.database.db
  .selectFrom("stateChange")
  .select(({ fn }) => fn.countAll<number>().as("count"))
  .executeTakeFirstOrThrow();
await monitor.stop();

printReport(`Polling ${posServers} POS servers over plain HTTP for ${seconds} s`, [
  told("polls a second", figures.perSecond.toFixed(0)),
  told("of them failed", `${((100 * figures.failed) / figures.polls).toFixed(1)} %`),
  measured("latest poll", figures.maxLatenessMs / 1000, "pollingLatest"),
  measured("lateness, 99 % below", figures.p99LatenessMs / 1000, "pollingLatenessP99"),
  measured("memory", figures.rssMegabytes, "pollingMemory"),
  told(
    "of that in the heap",
    `${(memory.heapUsed / 1e6).toFixed(0)} of ${(memory.heapTotal / 1e6).toFixed(0)} MB`,
  ),
  told("CPU for one poll", `${figures.cpuMsPerPoll.toFixed(3)} ms`),
  told("CPU for a bare one", `${bare.cpuMsPerPoll.toFixed(3)} ms`),
  told(
    "CPU for a probe of blackbox_exporter",
    blackboxMs === null ? "not installed" : `${blackboxMs.toFixed(3)} ms`,
  ),
  measured("CPU for one poll / bare", figures.cpuMsPerPoll / bare.cpuMsPerPoll, "pollCpuOfBare"),
  measured(
    "database growth per million polls",
    (grownMegabytes * 1e6) / figures.polls,
    "growthPerMillionPolls",
  ),
  told("transitions recorded", String(changes.count)),
]);

function databaseBytes(): number {
  const { sqlite } = monitor.app.database;
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  return statSync(sqlite.name).size;
}
