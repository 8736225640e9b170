/// <reference lib="dom" />
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { SIGNING_KEY } from "../helpers/agent-updates.ts";
import { launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt, STILL_SCREENS } from "../helpers/look-at.ts";
import { offerUpdate, startUpdatableAgents } from "../helpers/updatable-agents.ts";
import { waitFor } from "../helpers/wait-for.ts";

const browser = await launchBrowser();

/** A monitor with an update, and agents that take it. */
async function start(t: Test) {
  const monitor = await startLiveMonitor(t, { client: createPosClient({ now: Date.now }) });
  const fleet = await startUpdatableAgents(t, SIGNING_KEY, Date.now);
  const ids: number[] = [];
  for (const name of ["Тверская, 12", "Невский проспект, 114, торговый центр «Невский центр», 4 этаж"])
    ids.push(await monitor.addPosServer({ address: fleet.add().address, name }));
  ids.push(await monitor.addPosServer({ address: fleet.add("0.1.7").address, name: "Арбат, 20" }));
  const poll = async () => {
    for (const id of ids) await monitor.app.pollNow(id);
  };
  await poll();
  const sent = () => fleet.agents.filter((agent) => agent.sent.length > 0).length;
  return { monitor, fleet, poll, sent };
}

for (const [screen, device] of Object.entries(STILL_SCREENS)) {
  t.test(`agents are updated, the update is stopped and continued: ${screen}`, async (t) => {
    const { monitor, fleet, poll, sent } = await start(t);
    const page = await monitor.openPage(t, browser, device);
    await page.goto(`${monitor.url}/settings`);
    await page.getByRole("link", { name: "Агенты", exact: true }).click();
    await page.getByText(/Обновления агентов в папке .* нет/).waitFor();
    await lookAt(t, page, `agents-${screen}-none`);

    await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
    for (const agent of fleet.agents) agent.next = "is not seen again";
    const link = page.getByRole("link", { name: "Обновить агенты" });
    await link.waitFor();
    await lookAt(t, page, `agents-${screen}-offered`);
    await link.click();
    await page.getByLabel("Первый POS-сервер").selectOption({ label: "Тверская, 12 · ООО «Вкусный дом»" });
    await lookAt(t, page, `agents-${screen}-new`);
    await page.getByRole("button", { name: "Обновить", exact: true }).click();
    await page.getByText("Получил обновление, ждём отчёт новой версии").waitFor();
    t.same(fleet.agents[0]?.sent, ["0.3.0"]);
    await lookAt(t, page, `agents-${screen}-first`);

    await page.getByRole("button", { name: "Остановить" }).click();
    await page.getByText(/^Остановлено .*\d\d:\d\d, /).waitFor();
    await lookAt(t, page, `agents-${screen}-stopped`);
    for (const agent of fleet.agents) {
      agent.next = "goes back";
      if (agent.sent.length > 0) agent.version = "0.3.0";
    }
    await poll();
    t.equal(sent(), 1);
    await page.getByRole("button", { name: "Продолжить" }).click();
    await waitFor(() => sent() === 2);
    await waitFor(async () => {
      await poll();
      return (await page.getByText(/^Остановилось/).count()) > 0;
    });
    await page.getByText("Новая версия не заработала, агент вернулся к прежней").waitFor();
    t.equal(sent(), 2, "a wave goes on only after the one before");
    await lookAt(t, page, `agents-${screen}-failed`);

    for (const agent of fleet.agents) agent.next = "works";
    await page.getByRole("button", { name: "Продолжить" }).click();
    await waitFor(() => sent() === 3);
    await poll();
    await page.getByText("Обновлены все, кого можно обновить.").waitFor();
    await lookAt(t, page, `agents-${screen}-done`);
    await page.getByRole("link", { name: "0.3.0" }).click();
    await page.getByRole("heading", { name: "POS-серверы с агентом версии 0.3.0" }).waitFor();
    await lookAt(t, page, `agents-${screen}-of-version`);
  });
}
