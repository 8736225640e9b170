import t from "tap";
import { DESKTOP, launchBrowser, openPage } from "../../helpers/browser.ts";
import { startLiveMonitor } from "../../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../../helpers/look-at.ts";
import { signedIn } from "../../helpers/page.ts";

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

t.test("ticks outside the search stay", async (t) => {
  const monitor = await startLiveMonitor(t);
  const [first, second, third] = [
    await monitor.addOrganization("Кафе «Ёлка»", "200100"),
    await monitor.addOrganization("Кафе «Берёза»", "200200"),
    await monitor.addOrganization("Ресторан «Сосна»", "300300"),
  ];
  const reader = await signedIn(monitor, { organizations: [third] });
  const browser = await launchBrowser();
  const page = await monitor.openPage(t, browser, DESKTOP);
  await page.goto(`${monitor.url}/users/${reader.userId}`);
  await page.fill("#rights-search", "елка");
  t.equal(await page.locator(".rights-rows li:visible").count(), 1);
  await page.press("#rights-search", "Enter");
  t.ok(page.url().endsWith(`/users/${reader.userId}`), "Enter there sends nothing");
  await page.click("[value=all]");
  t.match(await page.textContent("#rights-counts"), /отмечено 2/);
  await page.click(".rights > .button-primary");
  await page.waitForURL(/notice=saved/);
  const rights = monitor.db.selectFrom("userOrganization").select("organizationId").orderBy("organizationId");
  const saved = (await rights.execute()).map(({ organizationId }) => organizationId);
  t.same(saved, [first, third], `${second} was never ticked`);
});
