/** `npm run bench page-while-polling -- [--pos-servers 100000] [--seconds 60]`: the status page while the fleet is polled. */
import { setTimeout as delay } from "node:timers/promises";
import { beginTestSession } from "../helpers/session.ts";
import { LISTINGS } from "./listings.ts";
import type { Load } from "./load.ts";
import { numberOption } from "./options.ts";
import { INTERVAL_MS, startPollingMonitor } from "./polling-monitor.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, told } from "./report.ts";

const REQUESTS_PER_SECOND = "20";
/** Each one is another view that nobody keeps. */
const OTHER_VIEWS_PER_SECOND = "2";

const posServers = numberOption("pos-servers", 100_000, 5_000);
const seconds = String(numberOption("seconds", 60, 5));

const monitor = await startPollingMonitor({ posServers });
await delay(INTERVAL_MS / 2);
const session = await beginTestSession(monitor.app.database.db);
const sinceAsked = monitor.measure();
const page = await load(REQUESTS_PER_SECOND, [`${monitor.origin}/pos-servers`]);
const otherViews = await load(
  OTHER_VIEWS_PER_SECOND,
  Object.values(LISTINGS).map((query) => `${monitor.origin}/pos-servers?${query}`),
);
const figures = sinceAsked();
await monitor.stop();

printReport(`The status page at ${REQUESTS_PER_SECOND} requests a second while ${posServers} are polled`, [
  measured("as it opens, 99 % below", page.p99Ms, "pageWhilePolling"),
  told("as it opens, half below; longest", `${page.p50Ms.toFixed(1)} ms; ${page.maxMs.toFixed(1)} ms`),
  told(
    `every filter, sort and search in turn, ${OTHER_VIEWS_PER_SECOND} a second, 99 % below`,
    `${otherViews.p99Ms.toFixed(1)} ms`,
  ),
  told("half below; longest", `${otherViews.p50Ms.toFixed(1)} ms; ${otherViews.maxMs.toFixed(1)} ms`),
  told("polls a second meanwhile", figures.perSecond.toFixed(0)),
  told("latest poll", `${(figures.maxLatenessMs / 1000).toFixed(2)} s`),
]);

function load(rate: string, urls: string[]): Promise<Load> {
  return runProgram<Load>("load.ts", [
    "--seconds",
    seconds,
    "--rate",
    rate,
    "--header",
    `cookie:session=${session}`,
    ...urls,
  ]);
}
