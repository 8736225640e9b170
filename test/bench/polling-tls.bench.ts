/** `npm run bench polling-tls -- [--pos-servers 10000] [--seconds 60]`: polling over TLS, connections kept. */
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { INTERVAL_MS, startPollingMonitor } from "./polling-monitor.ts";
import { atLeast, atMost, printReport, told } from "./report.ts";

/** Connections are opened in the first round. */
const WARM_UP_MS = INTERVAL_MS + 5_000;

const { values } = parseArgs({
  strict: false,
  options: { "pos-servers": { type: "string" }, seconds: { type: "string" } },
});
const posServers = Number(values["pos-servers"] ?? 10_000);
const seconds = Number(values.seconds ?? 60);

const monitor = await startPollingMonitor({ posServers, fleetFlags: ["--tls"] });
const firstRound = monitor.measure();
await delay(WARM_UP_MS);
const opening = firstRound();
const measured = monitor.measure();
await delay(seconds * 1000);
const figures = measured();
await monitor.stop();

printReport(`Polling ${posServers} POS servers over TLS for ${seconds} s`, [
  atLeast("polls a second", figures.perSecond, Math.floor((posServers / 60) * 0.94), "/s", 0),
  told("of them failed", `${((100 * figures.failed) / figures.polls).toFixed(1)} %`),
  atMost("latest poll", figures.maxLatenessMs / 1000, 5, "s", 2),
  told("CPU for one poll, connection kept", `${figures.cpuMsPerPoll.toFixed(3)} ms`),
  told("CPU for one poll, first round", `${opening.cpuMsPerPoll.toFixed(3)} ms`),
  told("memory", `${figures.rssMegabytes.toFixed(0)} MB`),
]);
