/** `npm run bench page -- [--pos-servers 100000]`: the status page, no polling. */
import { parseFilter } from "../../src/monitor/filter/filter.ts";
import { findListing } from "../../src/monitor/pos-servers/listing.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { startBarePage } from "./bare-page.ts";
import type { Load } from "./load.ts";
import { startMixedMonitor } from "./monitor.ts";
import { isQuick, numberOption, runProgram } from "./program.ts";
import { atLeast, atMost, measured, printReport, timeRepeated, told } from "./report.ts";

const REPETITIONS = 9;
const VIEWS = 500;
const SECONDS = isQuick ? 1 : 4;
const COLUMNS = ["organization", "name", "version", "lastUpdateAt", "lastSyncAt", "error"];

/** Together they use every filter, sort and search. */
const LISTINGS: Record<string, string> = {
  "as it opens": "",
  "exchanging ones hidden": "hideSynced=1",
  "one organization": "organization=17",
  "two hours": "period=2&unit=hours",
  "any period": "period=3650&unit=days",
  "outside the period": "scope=outside",
  parked: "scope=parked",
  "one state, common": "state=synced",
  "one state, rare": "state=sync_error",
  unsupported: "state=unsupported",
  "one cause": "cause=нарушена+целостность+базы",
  "search by name, many found": "q=ЛЕНИНА",
  "search by address, one found": "q=pos-77777.chain",
  "search by error": "q=целостность",
  "search by words of a failure": "q=не+принимает",
  "search, nothing found": "q=nothing-of-the-kind",
  "last page": "page=1000",
  ...Object.fromEntries(COLUMNS.map((column) => [`sorted by ${column}`, `sort=${column}`])),
  ...Object.fromEntries(COLUMNS.map((column) => [`sorted by ${column}, descending`, `sort=-${column}`])),
  "all at once": "organization=17&hideSynced=1&q=POS&sort=-lastSyncAt&period=2&unit=hours",
};

const posServers = numberOption("pos-servers", 100_000, 10_000);
const { app, db, origin, cookie } = await startMixedMonitor(posServers);
const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", "Europe/Moscow") };
const bare = await startBarePage((await find("")).rows, app.database.sqlite);

/** Different views with the same rows: nothing that one of them leaves behind serves another. */
const views = Array.from({ length: VIEWS }, (_, n) => `${origin}/pos-servers?period=${3_650 + n}&unit=days`);
const barePlain = await load([`${bare}/`]);
const plain = await load(views);
const partial = { "hx-request-type": "partial" };
const { headers } = await fetch(`${origin}/pos-servers`, { headers: { cookie, ...partial } });
const tag = headers.get("hx-ptag") ?? "";
const unchanged = await load([`${origin}/pos-servers`], { ...partial, "hx-ptag": tag }, 304);
const bareUnchanged = await load([`${bare}/unchanged`], {}, 304);
const listings = [];
const listingTarget = atMost(posServers > 20_000 ? 100 : 15, "ms");
for (const [name, query] of Object.entries(LISTINGS))
  listings.push(measured(name, await timeRepeated(REPETITIONS, () => find(query)), listingTarget));

const pageShare = (100 * plain.perSecond) / barePlain.perSecond;
const unchangedShare = (100 * unchanged.perSecond) / bareUnchanged.perSecond;
printReport(`The status page, 100 rows of ${posServers}, no polling`, [
  measured("HTML of 100 rows", plain.bytes / 1024, atMost(200, "KiB")),
  measured("page / bare page", pageShare, atLeast(40, "%")),
  measured("unchanged refresh / bare one", unchangedShare, atLeast(50, "%")),
  told("pages; bare pages", `${plain.perSecond.toFixed(0)} /s; ${barePlain.perSecond.toFixed(0)} /s`),
]);
printReport(`Each listing at ${posServers}, in the server (median of ${REPETITIONS})`, listings);
process.exit();

function find(query: string) {
  const { filter } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
  return findListing(db, app.fleet, viewer, filter, Date.now());
}

async function load(urls: string[], headers: Record<string, string> = {}, status = 200): Promise<Load> {
  return await runProgram("load.ts", { urls, headers: { cookie, ...headers }, seconds: SECONDS, status });
}
