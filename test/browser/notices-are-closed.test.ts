/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { failed } from "../helpers/outcomes.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

const browser = await launchBrowser();

/** A monitor over a POS server that does not answer. */
async function start(t: Parameters<typeof startLiveMonitor>[0]) {
  const client = createScriptedClient(() => failed(Date.now(), "connect_refused", "ECONNREFUSED"));
  const monitor = await startLiveMonitor(t, { client });
  const id = await monitor.addPosServer({ name: "Арбат, 5" });
  await monitor.report(id);
  await monitor.fail(id);
  await monitor.report(await monitor.addPosServer());
  return { monitor, id };
}

for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  t.test(
    `what «Проверить связь» found stands over the list, which stays where it is, on ${name}`,
    async (t) => {
      const { monitor, id } = await start(t);
      const page = await monitor.openPage(t, browser, device);
      await page.goto(`${monitor.url}/pos-servers?sort=-name`);
      const row = page.locator(`#pos-server-${id}`);
      const topOf = async () => (await row.boundingBox())?.y;
      const before = await topOf();
      await row.getByRole("button", { name: "Проверить связь" }).click();
      const notice = page.locator("#notice .line");
      await notice.waitFor();
      t.equal(await topOf(), before);
      const box = await notice.boundingBox();
      t.ok(box && box.y > (before ?? 0) && box.y + box.height <= device.viewport.height, "it is in sight");

      await notice.getByRole("link", { name: "Закрыть" }).click();
      await notice.waitFor({ state: "detached" });
      t.equal(await topOf(), before);
      t.match(page.url(), /\/pos-servers\?sort=-name$/);
      t.equal(await page.evaluate(() => document.activeElement?.id), "content");
    },
  );
}

t.test("a notice that is closed does not come back when its page is loaded again", async (t) => {
  const { monitor } = await start(t);
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/settings?saved=1`);
  await page.getByRole("link", { name: "Закрыть" }).click();
  await page.locator(".line").waitFor({ state: "detached" });
  await page.reload();
  t.match(page.url(), /\/settings$/);
  t.equal(await page.locator(".line").count(), 0);
});
