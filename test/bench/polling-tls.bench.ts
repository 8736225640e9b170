/** `npm run bench polling-tls -- [--pos-servers 10000] [--seconds 60]`: polling over TLS, connections kept. */
import { setTimeout as delay } from "node:timers/promises";
import { numberOption } from "./options.ts";
import { INTERVAL_MS, startPollingMonitor } from "./polling-monitor.ts";
import { measured, printReport, told } from "./report.ts";

/** Connections are opened in the first round. */
const WARM_UP_MS = INTERVAL_MS * 1.1;

const posServers = numberOption("pos-servers", 10_000, 2_000);
const seconds = numberOption("seconds", 60, 8);

const monitor = await startPollingMonitor({ posServers, fleetFlags: ["--tls"] });
const idleMegabytes = process.memoryUsage.rss() / 1e6;
const firstRound = monitor.measure();
await delay(WARM_UP_MS);
const opening = firstRound();
const warm = monitor.measure();
await delay(seconds * 1000);
const figures = warm();
await monitor.stop();

printReport(`Polling ${posServers} POS servers over TLS for ${seconds} s`, [
  told("polls a second", figures.perSecond.toFixed(0)),
  told("of them failed", `${((100 * figures.failed) / figures.polls).toFixed(1)} %`),
  measured("latest poll", figures.maxLatenessMs / 1000, "pollingLatest"),
  measured("CPU for one poll, connection kept", figures.cpuMsPerPoll, "tlsPollCpu"),
  told("CPU for one poll, first round", `${opening.cpuMsPerPoll.toFixed(3)} ms`),
  told("memory", `${figures.rssMegabytes.toFixed(0)} MB`),
  measured(
    "for one connection",
    ((figures.rssMegabytes - idleMegabytes) * 1000) / posServers,
    "tlsConnectionMemory",
  ),
]);
