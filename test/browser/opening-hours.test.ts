/// <reference lib="dom" />
import t from "tap";
import { launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt, STILL_SCREENS } from "../helpers/look-at.ts";

const OPEN = "#dialog[open]";

const browser = await launchBrowser();

for (const [screen, device] of Object.entries(STILL_SCREENS)) {
  t.test(`hours are said in the dialog, and what is off is closed at once: ${screen}`, async (t) => {
    const monitor = await startLiveMonitor(t);
    const organizationId = await monitor.addOrganization("Кафе", "100300");
    const id = await monitor.addPosServer({ name: "Тверская, 12", organizationId });
    await monitor.fail(id);
    const page = await monitor.openPage(t, browser, device);
    const save = () => page.getByRole("button", { name: "Сохранить" }).click();

    await page.goto(`${monitor.url}/organizations/${organizationId}`);
    await page.getByRole("link", { name: "Указать" }).click();
    await page.getByRole("textbox", { name: "Часы работы" }).fill("ежедневно 10:00-23:00");
    await lookAt(t, page, `opening-hours-${screen}-organization-dialog`);
    await save();
    await page.locator(OPEN).waitFor({ state: "hidden" });
    await page.getByText("ежедневно 10:00–23:00").waitFor();
    await lookAt(t, page, `opening-hours-${screen}-organization`);

    await page.goto(`${monitor.url}/pos-servers/${id}`);
    await page
      .locator("section", { has: page.getByRole("heading", { name: "Часы работы" }) })
      .getByRole("link")
      .click();
    await page.getByText(/Пусто — как у организации: ежедневно 10:00–23:00/).waitFor();
    const zone = page.locator("#timeZone-find"); // which soon takes the place of the select
    await zone.fill("екатер");
    await lookAt(t, page, `opening-hours-${screen}-zones`);
    await page.getByRole("option", { name: /Asia\/Yekaterinburg/ }).click();
    t.match(await zone.inputValue(), /Екатеринбург/);
    await page.getByRole("textbox", { name: "Плановые работы" }).fill("ночью");
    await save();
    await page.getByText(/Не получилось понять «ночью»/).waitFor();
    t.equal(await page.evaluate(() => document.activeElement?.id), "works");
    await lookAt(t, page, `opening-hours-${screen}-problem`);
    // Now, whenever the test runs.
    await page.getByRole("textbox", { name: "Плановые работы" }).fill("00:00-24:00");
    await save();
    await page.locator(OPEN).waitFor({ state: "hidden" });
    await page.locator("#state-card-title", { hasText: "Работы до" }).waitFor();
    await lookAt(t, page, `opening-hours-${screen}-page`);
    await page.goto(`${monitor.url}/pos-servers?state=closed`);
    await page.locator(`#pos-server-${id}`).waitFor();
    await lookAt(t, page, `opening-hours-${screen}-list`);
  });
}
