import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser, openPage, PHONE, takeScreenshot } from "../../helpers/browser.ts";
import { startLiveMonitor } from "../../helpers/live-monitor.ts";
import { PASSWORD, signedIn } from "../../helpers/sign-in.ts";

const ORGANIZATIONS = 150;
const SMALLEST_PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

t.test("every page of users and of one's own account works and fits", async (t) => {
  const monitor = await startLiveMonitor(t);
  for (let number = 1; number <= ORGANIZATIONS; number++)
    await monitor.addOrganization(`ООО «Ресторан ${number}»`);
  await signedIn(monitor, { login: "admin", name: "Анна Иванова", isAdministrator: true });
  const reader = await signedIn(monitor, { login: "petrov", name: "Пётр Петров", organizations: [1, 2, 3] });
  await signedIn(monitor, { login: "all", name: "Ольга Сидорова", organizations: "all" });
  const browser = await launchBrowser();

  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE, small: SMALLEST_PHONE })) {
    const page = await openPage(t, browser, device);
    await page.goto(`${monitor.url}/login`);
    await page.fill("#login", "admin");
    await page.fill("#password", PASSWORD);
    await page.click("main button.button-primary");
    await page.waitForURL(/first-start/);

    const user = `/users/${reader.userId}`;
    const views = {
      list: "/users",
      new: "/users/new",
      user,
      account: "/account",
      gone: "/invitations/unknown",
    };
    for (const [view, path] of Object.entries(views)) {
      const answer = await page.goto(monitor.url + path);
      t.equal(answer?.status(), view === "gone" ? 404 : 200, path);
      await fits(page, `${path} on ${name}`);
      await takeScreenshot(page, `users-${view}-${name}`);
    }

    await page.goto(`${monitor.url}/users/new`);
    await page.fill("#login", `new-${name}`);
    await page.fill("#name", "Мария Кузнецова");
    await page.click("main button.button-primary");
    const link = await page.inputValue("#link");
    await fits(page, `the link on ${name}`);
    await takeScreenshot(page, `users-link-${name}`);
    await page.click("[data-copy]");
    await page.waitForFunction('document.getElementById("copied").textContent !== ""');

    const invited = await openPage(t, browser, device);
    await invited.goto(link);
    await fits(invited, `the invitation on ${name}`);
    await takeScreenshot(invited, `users-invitation-${name}`);
    await invited.fill("#password", "a new pass phrase");
    await invited.fill("#repeated", "a new pass phrase");
    await invited.click("main button.button-primary");
    await invited.waitForURL(/pos-servers/);
  }

  async function fits(page: Page, what: string): Promise<void> {
    const { width } = page.viewportSize() ?? { width: 0 };
    t.equal(await page.evaluate("document.documentElement.scrollWidth"), width, what);
  }
});

for (const javaScriptEnabled of [true, false]) {
  t.test(`ticks outside the search stay, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const monitor = await startLiveMonitor(t);
    const [first, second, third] = [
      await monitor.addOrganization("Кафе «Ёлка»", "200100"),
      await monitor.addOrganization("Кафе «Берёза»", "200200"),
      await monitor.addOrganization("Ресторан «Сосна»", "300300"),
    ];
    const reader = await signedIn(monitor, { organizations: [third] });
    const browser = await launchBrowser();
    const page = await monitor.openPage(t, browser, { ...DESKTOP, javaScriptEnabled });
    await page.goto(`${monitor.url}/users/${reader.userId}`);
    await page.fill("#rights-search", "елка");
    if (!javaScriptEnabled) await page.click("[value=search]");
    t.equal(await page.locator(".rights-rows li:visible").count(), 1);
    await page.click("[value=all]");
    t.match(await page.textContent("#rights-counts"), /отмечено 2/);
    await page.click("[value=save]");
    await page.waitForURL(/notice=saved/);
    const rights = await monitor.app.database.db
      .selectFrom("userOrganization")
      .select("organizationId")
      .where("userId", "=", reader.userId)
      .orderBy("organizationId")
      .execute();
    t.same(
      rights.map(({ organizationId }) => organizationId),
      [first, third],
      `${second} was never ticked`,
    );
  });
}
