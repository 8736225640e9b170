/** `npm run bench page -- [--pos-servers 100000] [--organizations 1000]`: the status page, no polling. */
import { parseFilter } from "../../src/monitor/filter/filter.ts";
import { findListing } from "../../src/monitor/pos-servers/listing.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { beginTestSession } from "../helpers/session.ts";
import { startBarePage } from "./bare-page.ts";
import { LISTINGS } from "./listings.ts";
import type { Load } from "./load.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { numberOption } from "./options.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const REPETITIONS = 9;
const VIEWS = 500;
const SECONDS = String(numberOption("seconds", 4, 1));

const posServers = String(numberOption("pos-servers", 100_000, 10_000));
const organizations = String(numberOption("organizations", 1_000));

const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, posServers, organizations]);
const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", "Europe/Moscow") };

const firstPage = await find("");
const cookie = `session=${await beginTestSession(app.database.db)}`;
const bare = await startBarePage(firstPage.rows, app.database.sqlite);
/** Different views with the same rows: nothing that one of them leaves behind serves another. */
const views = Array.from({ length: VIEWS }, (_, n) => `${origin}/pos-servers?period=${3_650 + n}&unit=days`);
const barePlain = await load(`${bare.origin}/`);
const plain = await load(views);
const bareBrotli = await load(`${bare.origin}/`, "accept-encoding:br");
const brotli = await load(views, "accept-encoding:br");
const tag = await readTag();
const unchanged = await load(`${origin}/pos-servers`, "hx-request-type:partial", `hx-ptag:${tag}`);
const bareUnchanged = await load(`${bare.origin}/unchanged`);
const listings = [];
for (const [name, query] of Object.entries(LISTINGS)) listings.push({ name, ms: await timeListing(query) });
await bare.app.close();
await app.close();
await folder.remove();

printReport(`The status page, 100 rows of ${posServers}, ${organizations} organizations, no polling`, [
  measured("HTML of 100 rows", plain.bytes / 1024, "pageSize"),
  told("page", `${plain.perSecond.toFixed(0)} /s, ${(plain.bytes / 1024).toFixed(0)} KiB`),
  told("bare page", `${barePlain.perSecond.toFixed(0)} /s, ${(barePlain.bytes / 1024).toFixed(0)} KiB`),
  measured("page / bare page", (100 * plain.perSecond) / barePlain.perSecond, "pageOfBare"),
  told("page, brotli", `${brotli.perSecond.toFixed(0)} /s, ${(brotli.bytes / 1024).toFixed(1)} KiB`),
  told(
    "bare page, brotli",
    `${bareBrotli.perSecond.toFixed(0)} /s, ${(bareBrotli.bytes / 1024).toFixed(1)} KiB`,
  ),
  told("page / bare page, brotli", `${((100 * brotli.perSecond) / bareBrotli.perSecond).toFixed(0)} %`),
  told(
    "unchanged refresh",
    `${unchanged.perSecond.toFixed(0)} /s, statuses ${JSON.stringify(unchanged.statuses)}`,
  ),
  told(
    "bare one",
    `${bareUnchanged.perSecond.toFixed(0)} /s, statuses ${JSON.stringify(bareUnchanged.statuses)}`,
  ),
  measured(
    "unchanged refresh / bare one",
    (100 * unchanged.perSecond) / bareUnchanged.perSecond,
    "unchangedOfBare",
  ),
]);
printReport(
  `Each listing at ${posServers}, in the server (median of ${REPETITIONS})`,
  listings.map(({ name, ms }) => measured(name, ms, "listing")),
);

function find(query: string) {
  const { filter } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
  return findListing(app.database.db, app.fleet, viewer, filter, Date.now());
}

async function timeListing(query: string): Promise<number> {
  const times: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const startedAt = performance.now();
    await find(query);
    times.push(performance.now() - startedAt);
  }
  return quantile(times, 0.5);
}

function load(urls: string | string[], ...headers: string[]): Promise<Load> {
  return runProgram<Load>("load.ts", [
    "--seconds",
    SECONDS,
    "--header",
    `cookie:${cookie}`,
    ...headers.flatMap((header) => ["--header", header]),
    ...[urls].flat(),
  ]);
}

async function readTag(): Promise<string> {
  const response = await fetch(`${origin}/pos-servers`, {
    headers: { cookie, "hx-request-type": "partial" },
  });
  return response.headers.get("hx-ptag") ?? "";
}
