/// <reference lib="dom" />
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { makeAgentFolder } from "../helpers/agent.ts";
import { DESKTOP, launchBrowser } from "../helpers/browser.ts";
import { commandClient } from "../helpers/commands.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** An agent that has been set up on a POS server, and does not run yet. */
async function makeAgent(t: Test) {
  const folder = await makeAgentFolder(t);
  const { port: _port, ...config } = folder.config;
  const file = join(folder.root, "agent.json");
  await writeFile(file, JSON.stringify({ ...config, dialOut: { proxy: "none" } }));
  const run = (...args: string[]) =>
    startProgram(t, "src/agent/main.ts", { args: ["--config", file, ...args] });
  return {
    /** Runs the command as somebody pastes it. */
    paste: (command: string) => run(...(command.split("agent.json ")[1] ?? "").split(" ")),
    start: () => run(),
  };
}

const refresh = (page: Page) => page.locator("#freshness").dispatchEvent("refresh");

t.test("from the empty system to the first answer, with the keyboard alone", async (t) => {
  const client = commandClient(t);
  const monitor = await startLiveMonitor(t, { client });
  const agent = await makeAgent(t);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${monitor.url}/pos-servers`);
  t.equal(page.url(), `${monitor.url}/first-start`);
  await page.getByRole("button", { name: "Получить команду" }).press("Enter");
  const command = (await page.locator("#command").textContent()) ?? "";

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  t.teardown(() => page.context().clearPermissions());
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Скопировано" }).waitFor();
  t.equal(await page.evaluate(() => navigator.clipboard.readText()), command, "it has the focus");
  await page.getByRole("button", { name: "Скопировать", exact: true }).waitFor();
  await page.getByRole("button", { name: "Скопировать письмо" }).press("Enter");
  await page.getByRole("button", { name: "Скопировано" }).waitFor();
  t.match(await page.evaluate(() => navigator.clipboard.readText()), command);

  const asking = agent.paste(command);
  await page.locator("#step-confirm .awaited-agent").waitFor(); // by itself
  t.equal(await page.locator("#command").isVisible(), false, "its step is folded");
  await page.getByLabel("Название организации").fill("ООО «Вкусный дом»");
  await page.keyboard.press("Enter");
  await page.getByText("Ждём ответа").waitFor();
  // It would ask again by itself within ten seconds.
  await asking.end();
  const letIn = agent.paste(command);
  t.equal(await letIn.ended, 0, letIn.output());

  agent.start();
  const hasAnswered = async () => {
    await monitor.app.poller.tick();
    const row = await monitor.db.selectFrom("posStatus").selectAll().executeTakeFirst();
    return row?.lastUpdateAt != null;
  };
  await waitFor(hasAnswered);
  await refresh(page);
  await page.getByRole("heading", { name: "Первый POS-сервер подключён" }).waitFor();
  t.match(await page.locator("#step-answer").textContent(), hostname());
  t.equal(await page.locator('[data-step="done"]').count(), 2);
  await page.getByRole("link", { name: "К состоянию POS-ов" }).press("Enter");
  await page.locator('tr[id^="pos-server-"]').waitFor();
  t.equal(page.url(), `${monitor.url}/pos-servers`);
});

t.test("a refresh takes neither the command, the focus nor what was typed", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${monitor.url}/first-start`);
  await page.getByRole("button", { name: "Получить команду" }).click();
  const command = await page.locator("#command").textContent();
  await page.locator(".command-line").focus();
  await page.evaluate(() => getSelection()?.selectAllChildren(document.getElementById("command") as Node));
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100237" }));
  await refresh(page);
  await page.locator("#step-confirm .awaited-agent").waitFor();
  t.equal(await page.locator("#command").isVisible(), true, "whoever copies it goes on with it");
  t.equal(await page.evaluate(() => String(getSelection())), command);

  await page.getByLabel("Название организации").fill("ООО «Вкусный дом»");
  t.equal(await page.locator("#command").isVisible(), false);
  await askToEnrol(monitor, enrolmentOrder(code, { host: "KASSA-13" }));
  await refresh(page);
  await page.getByText("KASSA-13").waitFor();
  t.equal(await page.getByLabel("Название организации").inputValue(), "ООО «Вкусный дом»");
  t.equal(await page.evaluate(() => document.activeElement?.id), "name");

  const answers: number[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith("/first-start")) answers.push(response.status());
  });
  await refresh(page);
  await waitFor(() => answers.length > 0);
  t.equal(answers[0], 304, "unchanged, it costs next to nothing");
});

t.test("it fits everybody, whatever step it is at", async (t) => {
  const monitor = await startLiveMonitor(t);
  const page = await monitor.openPage(t, await launchBrowser(), LOOKED_AT);
  const look = async (step: string) => {
    await lookAt(t, page, `the first start, ${step}`);
    const isCut = await page
      .locator(".steps")
      .evaluate(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth);
    t.notOk(isCut, `nothing is cut off, ${step}`);
  };
  const open = () => page.goto(`${monitor.url}/first-start`);
  await open();
  await look("empty");
  await page.getByRole("button", { name: "Получить команду" }).click();
  await page.locator("#command").waitFor();
  await page.getByText("Показать письмо").click();
  await look("command");
  const code = await addEnrolmentCode(monitor, { maxUses: 3 });
  await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100237", host: `KASSA-${"12".repeat(30)}` }));
  await open();
  await look("confirm");
  await monitor.addOrganization("ООО «Вкусный дом»", "100500");
  await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100500" }));
  await open();
  await look("answer");
  await monitor.db.updateTable("posServer").set({ identity: null }).execute();
  const { id } = await monitor.db.selectFrom("posServer").select("id").executeTakeFirstOrThrow();
  await monitor.report(id);
  await open();
  await look("answered");
});
