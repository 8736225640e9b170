/** `npm run bench phone`: the first load of the status page on a phone, with 100 rows. */
import { chromium } from "playwright-core";
import { PHONE } from "../helpers/browser.ts";
import { findBrowser } from "../helpers/browser-binary.ts";
import { startMixedMonitor } from "./monitor.ts";
import { atMost, measured, printReport } from "./report.ts";

const POS_SERVERS = 10_000;
const SETTLED_MS = 1_000;
/** Runs in the browser. */
const WATCH_LAYOUT = `globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) layoutShift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });`;

const executablePath = findBrowser();
if (!executablePath) throw new Error("No Chromium: install Debian's package chromium or set CHROMIUM");
const { origin, cookie } = await startMixedMonitor(POS_SERVERS);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext(PHONE)).newPage();
await page.context().addCookies([{ name: "session", value: cookie.replace("session=", ""), url: origin }]);

const network = await page.context().newCDPSession(page);
await network.send("Network.enable");
let requests = 0;
let bytes = 0;
network.on("Network.requestWillBeSent", () => {
  requests += 1;
});
network.on("Network.loadingFinished", ({ encodedDataLength }) => {
  bytes += encodedDataLength;
});
await page.addInitScript(WATCH_LAYOUT);
await page.goto(`${origin}/pos-servers`, { waitUntil: "load" });
await page.waitForTimeout(SETTLED_MS);
const layoutShift = Number(await page.evaluate("layoutShift"));
const rows = await page.locator("[id^=pos-server-]").count();
await browser.close();

printReport(`First load on a phone, ${rows} rows`, [
  measured("over the wire", bytes / 1000, atMost(48, "KB")),
  measured("requests", requests, atMost(5, "")),
  measured("layout shift", layoutShift, atMost(0, "")),
]);
process.exit();
