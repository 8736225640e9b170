import type { Page } from "playwright-core";
import t from "tap";
import { DESKTOP, launchBrowser, openPage, PHONE, takeScreenshot } from "../helpers/browser.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { PASSWORD, signedIn } from "../helpers/sign-in.ts";

const IMPORT_FILE = [
  "Организация;CrmId;POS-сервер;Адрес;Токен",
  "Кафе «Ёлка»;200100;Мира, 5;https://10.1.0.5:8443;a-token-of-some-length",
  "Кафе «Ёлка»;200100;Мира, 7;http://10.1.0.7:8443;another-token-of-some",
  ";2001x;Мира, 9;ftp://10.1.0.9;",
].join("\n");

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.fill("#login", "admin");
  await page.fill("#password", PASSWORD);
  await page.click("main button.button-primary");
  await page.waitForURL(/pos-servers/);
}

t.test("every page of the registry fits a desktop and a phone", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  await monitor.addOrganization("Сеть «Восток»", "100420");
  const ids = await addOneInEachState(monitor);
  await signedIn(monitor, { login: "admin", name: "Анна Иванова", isAdministrator: true });
  const browser = await launchBrowser();
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const page = await openPage(t, browser, device);
    await signIn(page, monitor.url);
    const views = {
      status: "/pos-servers",
      organizations: "/organizations",
      organization: "/organizations/1",
      "new-organization": "/organizations/new",
      "edit-organization": "/organizations/1/edit",
      "new-pos-server": "/organizations/1/pos-servers/new",
      "pos-server": `/pos-servers/${ids.syncError}`,
      "pos-server-unreachable": `/pos-servers/${ids.unreachable}`,
      "edit-pos-server": `/pos-servers/${ids.syncError}/edit`,
      reconnect: `/pos-servers/${ids.syncError}/connections/new`,
      deletion: `/pos-servers/${ids.syncError}/deletion/new`,
      import: "/organizations/import/new",
    };
    for (const [view, path] of Object.entries(views)) {
      const answer = await page.goto(monitor.url + path);
      t.equal(answer?.status(), 200, path);
      await fits(page, `${path} on ${name}`);
      await takeScreenshot(page, `registry-${view}-${name}`);
    }
    await page.setInputFiles("#file", {
      name: "fleet.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(IMPORT_FILE),
    });
    await page.click("main button.button-primary");
    await page.waitForURL(/import\/[0-9a-f-]{36}/);
    await fits(page, `the preview on ${name}`);
    await takeScreenshot(page, `registry-import-preview-${name}`);
  }

  async function fits(page: Page, what: string): Promise<void> {
    const { width } = page.viewportSize() ?? { width: 0 };
    t.equal(await page.evaluate("document.documentElement.scrollWidth"), width, what);
  }
});
