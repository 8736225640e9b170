/**
 * `npm run bench polling -- [--pos-servers 20000] [--seconds 120]`: polling over plain HTTP, a connection each; then the
 * status page is asked for meanwhile.
 */
import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { timeBlackboxExporter } from "./blackbox-exporter.ts";
import type { Load } from "./load.ts";
import { INTERVAL_MS, startPolledFleet } from "./polled-fleet.ts";
import { isQuick, numberOption, runProgram } from "./program.ts";
import { atMost, measured, printReport, told } from "./report.ts";

const BARE_POLLS = isQuick ? 5_000 : 20_000;
/** The first round only shows when each POS server has its turn, and the code is still being compiled. */
const WARM_UP_MS = INTERVAL_MS * 1.1;
const PAGES_PER_SECOND = 20;
/** Up to here it is to be effortless, beyond it is to hold. */
const EFFORTLESS = 20_000;

const posServers = numberOption("pos-servers", EFFORTLESS, 5_000);
const seconds = numberOption("seconds", 120, 8);
const isMany = posServers > EFFORTLESS;

// One that hangs takes as long as a short interval.
const polled = await startPolledFleet(posServers, { failingPercent: isQuick ? 0 : 5 });
const { app, origin, cookie, measure } = await polled.startMonitor();
const bareMs: number = await runProgram("bare-polling.ts", { fleet: polled.fleet, polls: BARE_POLLS });
const blackboxMs = await timeBlackboxExporter(polled.fleet);
await delay(WARM_UP_MS);
const bytesBefore = databaseBytes();
const warm = measure();
await delay(seconds * 1000);
const figures = warm();
const grownMegabytes = (databaseBytes() - bytesBefore) / 1e6;
const load = { urls: [`${origin}/pos-servers`], headers: { cookie }, seconds, rate: PAGES_PER_SECOND };
const page: Load = await runProgram("load.ts", load);

printReport(`Polling ${posServers} POS servers over plain HTTP for ${seconds} s`, [
  ...(isMany ? [] : [measured("of a core", figures.corePercent, atMost(20, "%"))]),
  measured("memory", figures.rssMegabytes, atMost(isMany ? 600 : 220, "MB")),
  measured("latest poll", figures.maxLatenessSeconds, atMost(2, "s")),
  told("CPU for one poll", `${figures.cpuMsPerPoll.toFixed(3)} ms`),
  told("CPU for a bare one", `${bareMs.toFixed(3)} ms`),
  told("CPU for a probe of blackbox_exporter", blackboxMs === null ? "—" : `${blackboxMs.toFixed(3)} ms`),
  measured("CPU for one poll / bare", figures.cpuMsPerPoll / bareMs, atMost(1, "×")),
  measured("database growth per million polls", (grownMegabytes * 1e6) / figures.polls, atMost(1, "MB")),
  measured(`the status page, ${PAGES_PER_SECOND} a second, 99 % below`, page.p99Ms, atMost(30, "ms")),
]);
process.exit();

function databaseBytes(): number {
  const { sqlite } = app.database;
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  return statSync(sqlite.name).size;
}
