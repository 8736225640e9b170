import t from "tap";
import { launchBrowser, openPage } from "../../helpers/browser.ts";
import { startLiveMonitor } from "../../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../../helpers/look-at.ts";

t.test("a user is invited by a link that is copied, and chooses a password", async (t) => {
  const monitor = await startLiveMonitor(t);
  const browser = await launchBrowser();
  const page = await monitor.openPage(t, browser, LOOKED_AT);
  await page.goto(`${monitor.url}/users/new`);
  await page.fill("#login", "cook");
  await page.fill("#name", "Мария Кузнецова");
  await page.click("main button.button-primary");
  const link = await page.inputValue("#link");
  await lookAt(t, page, "the link of an invitation");
  await page.click("[data-copy]");
  await page.waitForFunction('document.getElementById("copied").textContent !== ""');

  const invited = await openPage(t, browser, { ...LOOKED_AT, locale: "ru" });
  await invited.goto(`${monitor.url}/login`);
  await lookAt(t, invited, "the sign-in");
  await invited.goto(link);
  await lookAt(t, invited, "an invitation");
  await invited.fill("#password", "a new pass phrase");
  await invited.fill("#repeated", "a new pass phrase");
  await invited.click("main button.button-primary");
  await invited.waitForURL(/pos-servers/);
});
