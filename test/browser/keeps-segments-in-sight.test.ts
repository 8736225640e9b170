/// <reference lib="dom" />
import t from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { launchBrowser } from "../helpers/browser.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

t.test("a segment from «ещё» joins the others without hiding one of them", async (t) => {
  const monitor = await startLiveMonitor(t);
  const ids = await addOneInEachState(monitor);
  await setParked(monitor.app.database.db, ids.pending, true, monitor.clock());
  for (const width of [1280, 1440]) {
    const page = await monitor.openPage(t, await launchBrowser(), { viewport: { width, height: 900 } });
    await page.goto(`${monitor.url}/pos-servers`);
    await page.click(".segment-more");
    await page.click("#segment-parked");
    await page.waitForURL(/scope=parked/);
    t.equal(await page.locator("#segments > #segment-parked[aria-current]").count(), 1);
    const row = page.locator("#segments");
    const hidden = await row.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    t.equal(hidden, 0, `pixels out of sight at ${width}`);
    const border = await page
      .locator("tr[data-parked] .state")
      .evaluate((state) => getComputedStyle(state, "::before").borderTopWidth);
    t.equal(border, "0px", "its symbol is the dash of parked POS servers alone");
  }
});
