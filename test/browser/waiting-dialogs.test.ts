/// <reference lib="dom" />
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt, STILL_SCREENS } from "../helpers/look-at.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";

const OPEN = "#dialog[open]";
/** Shortly before midnight with the next day. */
const WAITS = /Ждём, когда агент выйдет на связь, до (?:\d\d\.\d\d )?\d\d:\d\d\./;

const browser = await launchBrowser();

/** A monitor and a POS server whose agent dials out, and is away. */
async function start(t: Test) {
  const monitor = await startLiveMonitor(t, { client: createPosClient({ now: Date.now }) });
  await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const id = await monitor.addPosServer({
    ...{ name: "Тверская, 12", connection: "dial_out", address: null, identity: POS_SERVER_ID },
  });
  const service = { name: "iikoCard5POS", state: "stopped", startedAt: null } as const;
  await monitor.report(id, { error: "нарушена целостность базы", service });
  return { monitor, id };
}

for (const [screen, device] of Object.entries(STILL_SCREENS)) {
  t.test(`what waits for an agent says so in its dialog: ${screen}`, async (t) => {
    const { monitor, id } = await start(t);
    const page = await monitor.openPage(t, browser, device);
    const open = async (path: string) => {
      await page.goto(`${monitor.url}/pos-servers/${id}`);
      await page.locator(`a[href="/pos-servers/${id}/${path}/new"]:visible`).first().click();
      await page.locator(OPEN).waitFor();
    };

    await open("database-resets");
    await page.getByText("Агент сейчас не на связи. Сброс подождёт его 10 минут").waitFor();
    await lookAt(t, page, `waiting-${screen}-reset-form`);
    await page.locator(`${OPEN} [name=crmId]`).fill("100237");
    await page.getByRole("button", { name: "Сбросить базу «Тверская, 12»" }).click();
    await page.getByText(WAITS).waitFor();
    await lookAt(t, page, `waiting-${screen}-reset`);
    await page.goto(`${monitor.url}/pos-servers?period=3650`);
    await page
      .getByText(/Сброс БД: ждём агента до (?:\d\d\.\d\d )?\d\d:\d\d/)
      .first()
      .waitFor();
    await lookAt(t, page, `waiting-${screen}-list`);
    await page.goto(`${monitor.url}/pos-servers/${id}`);
    await page
      .getByText(/ждёт агента до (?:\d\d\.\d\d )?\d\d:\d\d/)
      .first()
      .waitFor();
    await lookAt(t, page, `waiting-${screen}-page`);
    await page.goto(`${monitor.url}/database-resets/1`);
    await page.getByRole("button", { name: "Отменить сброс" }).click();
    await page.getByText("База данных не тронута.").waitFor();

    await page.goto(`${monitor.url}/pos-servers/${id}/service-starts/new`);
    await page.getByRole("button", { name: "Запустить службу" }).click();
    await page.getByText(WAITS).waitFor();
    await lookAt(t, page, `waiting-${screen}-start`);
    await page.getByRole("button", { name: "Отменить запуск" }).click();
    await page.getByText("Запуск отменён").waitFor();
    await lookAt(t, page, `waiting-${screen}-start-cancelled`);

    await open("log-requests");
    await page.getByText(/Агент сейчас не на связи\. Запрос подождёт его сутки/).waitFor();
    await lookAt(t, page, `waiting-${screen}-logs-form`);
    await page.getByRole("button", { name: "Запросить логи" }).click();
    await page.getByText(/Ждём, когда агент выйдет на связь, до /).waitFor();
    t.equal(await page.locator(`${OPEN} progress`).count(), 0, "nothing moves while it waits");
    await lookAt(t, page, `waiting-${screen}-logs`);
  });
}
