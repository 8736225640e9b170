/// <reference lib="dom" />
import t from "tap";
import { addChannel, breakChannel } from "../helpers/channels.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("the count follows what is typed and ticked, and only saving saves", async (t) => {
  const monitor = await startLiveMonitor(t);
  const other = await monitor.addOrganization("Пекарня №1");
  const [first = 0] = await addExchanging(monitor, 1, [await monitor.addOrganization("Суши Маркет")]);
  await monitor.report(first, { error: "Unknown failure" });
  const id = await addChannel(monitor);
  const page = await monitor.visit(t, `/channels/${id}/rules/new`);
  const says = async (text: string) =>
    await waitFor(async () => (await page.textContent("#would-tell"))?.includes(text) ?? false);
  await says("таких инцидентов нет");
  await page.fill("[name=afterMinutes]", "0");
  await page.locator("[name=afterMinutes]").blur();
  await says("сработало бы: 1 инцидент");
  await page.click("text=Все нынешние и будущие организации");
  await says("исправьте поля");
  await page.check(`[name=organization][value="${other}"]`);
  await says("таких инцидентов нет");
  await page.click("text=Отметить все");
  await says("сработало бы: 1 инцидент");
  await page.fill("[name=tags]", "Москва");
  await page.getByRole("button", { name: "Посчитать" }).click();
  await says("таких инцидентов нет");
  t.equal(new URL(page.url()).pathname, `/channels/${id}/rules/new`, "the page stays");
  t.equal(await page.inputValue("[name=tags]"), "Москва");
  await page.locator("[name=afterMinutes]").press("Enter");
  await page.waitForURL(`**/channels/${id}`);
  t.match(await page.textContent(".channel-rules"), /Пекарня №1, Суши Маркет · теги: Москва/);
});

t.test("the line about what fails comes and goes on an open status page", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const id = await addChannel(monitor);
  const page = await monitor.visit(t, "/pos-servers");
  const line = page.locator("#page-notices .line");
  t.equal(await line.count(), 0);
  const refresh = () => page.locator("#freshness").dispatchEvent("refresh");
  await breakChannel(monitor, id);
  await waitFor(async () => {
    await refresh();
    return (await line.count()) === 1;
  });
  t.match(await line.textContent(), "Не доходят сообщения: «Канал email»");
  await monitor.app.database.db.updateTable("channel").set({ failingSince: null }).execute();
  await waitFor(async () => {
    await refresh();
    return (await line.count()) === 0;
  });
});
