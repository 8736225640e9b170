/** `npm run bench phone`: the first load of the status page on a phone, with 100 rows. */
import { chromium } from "playwright-core";
import { PHONE } from "../helpers/browser.ts";
import { findBrowser } from "../helpers/browser-binary.ts";
import { beginTestSession } from "../helpers/session.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, told } from "./report.ts";

const POS_SERVERS = "10000";
const SETTLED_MS = 1_000;
/** Runs in the browser. */
const WATCH_LAYOUT = `globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) layoutShift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });`;

const executablePath = findBrowser();
if (!executablePath) throw new Error("No Chromium: install Debian's package chromium or set CHROMIUM");
const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, POS_SERVERS]);
const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext(PHONE)).newPage();
const value = await beginTestSession(app.database.db);
await page.context().addCookies([{ name: "session", value, url: origin }]);

const session = await page.context().newCDPSession(page);
await session.send("Network.enable");
const urls = new Map<string, string>();
const transferred = new Map<string, number>();
session.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
  transferred.set(requestId, encodedDataLength),
);
await page.addInitScript(WATCH_LAYOUT);
await page.goto(`${origin}/pos-servers`, { waitUntil: "load" });
await page.waitForTimeout(SETTLED_MS);
const layoutShift = Number(await page.evaluate("layoutShift"));
const rows = await page.locator("[id^=pos-server-]").count();
await browser.close();
await app.close();
await folder.remove();

const sizes = [...transferred].map(([id, bytes]) => ({
  url: (urls.get(id) ?? "").replace(origin, ""),
  bytes,
}));
const totalKilobytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
printReport(`First load on a phone, ${rows} rows`, [
  measured("over the wire", totalKilobytes, "phoneBytes"),
  measured("requests", urls.size, "phoneRequests"),
  measured("layout shift", layoutShift, "phoneLayoutShift"),
  ...sizes.map(({ url, bytes }) => told(url, `${(bytes / 1000).toFixed(1)} KB`)),
]);
