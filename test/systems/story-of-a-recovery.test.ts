import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { request } from "undici";
import { posServerFolder } from "../../src/demo/folders.ts";
import { damageGuestWallets } from "../../src/demo/pos-database.ts";
import privateLines from "../../src/demo/private-lines.json" with { type: "json" };
import { queryFile } from "../helpers/backups.ts";
import { DESKTOP, launchBrowser, openPage, refreshUntil, takeScreenshot } from "../helpers/browser.ts";
import { tableOf } from "../helpers/download.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readWorkbook } from "../helpers/workbook.ts";
import { readZip } from "../helpers/zip-contents.ts";

const POS_SERVER = { name: "Садовая, 28", slug: "sadovaya-28", crmId: "100512" };
const PROMOTION = { id: 1005122, name: "Двойные бонусы по вторникам" };
const PASSWORD = "story-password-1";
/** In logs of the demo, between marks. */
const PRIVATE_VALUES = privateLines.flatMap((line) =>
  [...line.matchAll(/⟦([^⟧]*)⟧/g)].map(([, value = ""]) => value),
);
const MOST_COLLECTED = 5;
const MOST_PAGES = 250;
/** Files as they are, and what signs out. */
const NO_PAGE = /^\/(?:logout|css|js|icons)|\/(?:archive|download|file)s?(?:[/?]|$)|\.(?:zip|xlsx|csv)/;
const DAMAGE = "database disk image is malformed";
/** A service exchanges every 15–20 s, its agent is polled every 15 s. */
const AN_EXCHANGE = { timeoutMs: 180_000, pauseMs: 500 };

t.test("a damaged database is found, its logs are read, it is reset, the exchange works again", async (t) => {
  const chain = await startDemoChain(t);
  const browser = await launchBrowser();
  const page = await openPage(t, browser, DESKTOP);
  await signIn(page, chain.url);
  const row = page.locator("tbody tr", { hasText: POS_SERVER.name });
  const becomes = (state: string) =>
    refreshUntil(page, async () => (await row.getAttribute("data-state")) === state, AN_EXCHANGE);
  await becomes("synced");

  await chain.control("stop");
  damageGuestWallets(chain.folder.database);
  await chain.editPromotion();
  await chain.control("start");
  await becomes("sync_error");
  t.match(await row.textContent(), "База данных повреждена", "the row says why");

  const syncedNeighbour = page.locator("tbody tr[data-state=synced]");
  t.ok((await syncedNeighbour.count()) > 0);
  await page.getByLabel("Не показывать POS-ы с успешной синхронизацией").check();
  await page.waitForURL(/hideSynced=1/);
  t.equal(await syncedNeighbour.count(), 0, "problems only");
  await row.waitFor();

  await row.getByRole("link", { name: "Другие действия" }).click();
  await page.locator("#row-menu").getByRole("link", { name: "Получить логи" }).click();
  const dialog = page.locator("#dialog[open]");
  await dialog.getByRole("button", { name: "Запросить логи" }).click();
  await dialog.getByText(/^✓ Получен/).waitFor();
  await takeScreenshot(page, "story-1-logs", { fullPage: false });
  await dialog.getByRole("link", { name: "Открыть" }).first().click();
  await page.locator("a.name", { hasText: "sync.log" }).click();
  await page.locator(".log-line[data-level=error]", { hasText: DAMAGE }).last().waitFor();
  await takeScreenshot(page, "story-2-log", { fullPage: false });
  t.notOk(readPromotion(chain.folder.database) === PROMOTION.name, "the promotion has not arrived");

  await page.goto(`${chain.url}/pos-servers?hideSynced=1`);
  await row.locator("a.name").click();
  await page.locator("#state-card-title", { hasText: "База данных повреждена" }).waitFor();
  await page.locator("#check-database[data-status=failed]").waitFor();
  await takeScreenshot(page, "story-3-pos-server", { fullPage: false });
  await page.locator(".state-card").getByRole("link", { name: "Сбросить БД POSа" }).click();
  await dialog.getByLabel("Для подтверждения введите CrmId организации").fill(POS_SERVER.crmId);
  await takeScreenshot(page, "story-3-reset", { fullPage: false });
  await dialog.getByRole("button", { name: `Сбросить базу «${POS_SERVER.name}»` }).click();
  await dialog.getByText(/Обмен восстановлен за \d/).waitFor({ timeout: 180_000 });
  await takeScreenshot(page, "story-4-restored", { fullPage: false });
  await dialog.locator("footer").getByText("Закрыть").click();

  await waitFor(() => readPromotion(chain.folder.database) === PROMOTION.name, AN_EXCHANGE);
  t.match(await chain.quarantined(), /файлов: 1/, "the old database is kept");
  await refreshUntil(
    page,
    async () => (await page.textContent("#state-card-title"))?.trim() === "Обмен работает",
    AN_EXCHANGE,
  );
  t.match(await page.textContent("section:has(#repairs-heading)"), /обмен восстановлен за \d/);
  // The agent looks at the database once a minute, whoever has reset it.
  const looked = page.locator("#check-database");
  await refreshUntil(page, async () => (await looked.getAttribute("data-status")) === "ok", AN_EXCHANGE);
  await page.goto(`${chain.url}/pos-servers?hideSynced=1`);
  t.equal(await row.count(), 0, "the row has left the list of problems");
  await page.goto(`${chain.url}/pos-servers`);
  t.equal(await row.getAttribute("data-state"), "synced");

  const exported = await downloadTable(page);
  const own = exported.find((cells) => cells["POS-сервер"] === POS_SERVER.name);
  t.match(own, { CrmId: POS_SERVER.crmId, Состояние: "Синхронизирован" }, "Excel agrees");
  // Other POS servers of the chain may change their state between page and file.
  await waitFor(async () => {
    await page.reload();
    const names = await page.locator("tbody .name").allTextContents();
    const file = (await downloadTable(page)).map((cells) => cells["POS-сервер"]);
    return isDeepStrictEqual(file, names);
  });

  await page.goto(`${chain.url}/audit`);
  const told = await page.locator(".audit-log tbody tr", { hasText: POS_SERVER.name }).allTextContents();
  const events = told.map((text) => text.replace(/\s+/g, " ")).join("\n");
  for (const expected of [
    /Анна Иванова.*Запрос логов/,
    /Просмотр лога.*sync\.log/,
    /Анна Иванова.*Запуск сброса БД.*CrmId: 100512; сначала логи; затем запустить службу/,
    /Убираем базу данных в резерв/,
    /ждём первого обмена/,
    /Анна Иванова.*Итог сброса БД.*Обмен восстановлен за \d+/,
  ])
    t.match(events, expected, "the audit log tells it");

  const shown = await everythingShown(page, chain);
  t.match(shown.join(), "•••", "lines of logs are among it");
  for (const value of PRIVATE_VALUES) {
    // Not within the number of another thing.
    const alone = new RegExp(`(?<![\\wА-яё])${value.replace(/\W/g, "\\$&")}(?![\\wА-яё])`);
    const open = shown.filter((text) => alone.test(text)).map((text) => text.slice(0, 200));
    t.same(open, [], `${value} is nowhere`);
  }
});

/** All pages that links lead to, a log that is read, a search, the zip for support, messages, and answers of the API. */
async function everythingShown(page: Page, chain: Awaited<ReturnType<typeof startDemoChain>>) {
  const { url } = chain;
  const shown: string[] = [await (await request(chain.messagesUrl)).body.text()];
  await page.goto(`${url}/log-searches/new?text=гость:&words=typed`);
  await page.getByRole("button", { name: "Искать" }).click();
  await page.locator("#log-search-found tbody tr").first().waitFor();
  shown.push(await page.content());
  await page.goto(`${url}/support/new`);
  for (const box of (await page.getByRole("checkbox").all()).slice(0, MOST_COLLECTED)) await box.check();
  await page.getByRole("button", { name: "Собрать" }).click();
  await page.waitForURL(/\/support\/(?!new)/);
  const zip = await page.request.get(`${page.url()}/archive`);
  for (const text of Object.values(await readZip(await zip.body()))) shown.push(String(text));

  const seen = new Set([page.url(), `${url}/pos-servers`]);
  for (const address of seen) {
    const response = await page.request.get(address);
    if (!response.headers()["content-type"]?.startsWith("text/html")) continue;
    const html = await response.text();
    shown.push(html);
    for (const [, path = ""] of html.matchAll(/(?:href|hx-get)="(\/[^"#]*)"/g))
      if (seen.size < MOST_PAGES && !NO_PAGE.test(path)) seen.add(`${url}${path.replaceAll("&amp;", "&")}`);
  }
  const authorization = `Bearer ${await chain.token()}`;
  for (const path of ["pos-servers", "incidents", "pos-servers/1", "pos-servers/2"]) {
    const { statusCode, body } = await request(`${url}/api/v1/${path}`, { headers: { authorization } });
    shown.push(`${statusCode} ${await body.text()}`);
  }
  return shown;
}

/** The whole demo as processes of its own: main server, services, agents, monitor. */
async function startDemoChain(t: Test) {
  const dataDir = makeFolder(t);
  const env = { DATA_DIR: dataDir, PORT: "0", DEMO_PASSWORD: PASSWORD };
  const demo = startProgram(t, "src/demo/main.ts", { env });
  t.teardown(async () => {
    await demo.end();
  });
  const ready = /Poswatch demo: (http:\S+)[\s\S]*Messages it sends: (http:\S+)/;
  await waitFor(() => ready.test(demo.output()), AN_EXCHANGE);
  const folder = posServerFolder(dataDir, POS_SERVER.slug);

  async function control(verb: "start" | "stop"): Promise<void> {
    const state = verb === "start" ? "running" : "stopped";
    const run = async (wanted: string) => {
      const program = startProgram(t, "src/demo/service-control.ts", { args: [wanted, folder.root] });
      await program.ended;
      return program.output();
    };
    await run(verb);
    await waitFor(async () => (await run("status")).startsWith(state));
  }

  async function editPromotion(): Promise<void> {
    const { url } = JSON.parse(readFileSync(join(dataDir, "main-server.json"), "utf8"));
    const { statusCode } = await request(`${url}/programs/${PROMOTION.id}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: PROMOTION.name }),
    });
    if (statusCode !== 200) throw new Error(`The main server answered ${statusCode}`);
  }

  async function quarantined(): Promise<string> {
    const agent = startProgram(t, "src/agent/main.ts", {
      args: ["--config", folder.agentConfig, "quarantine", "list"],
    });
    await agent.ended;
    return agent.output();
  }

  async function token(): Promise<string> {
    const program = startProgram(t, "src/monitor/commands/main.ts", {
      args: ["token", "create", "story"],
      env: { DATA_DIR: join(dataDir, "monitor") },
    });
    await program.ended;
    return program.output().trim();
  }

  const [, url = "", messagesUrl = ""] = ready.exec(demo.output()) ?? [];
  return { url, messagesUrl, folder, control, editPromotion, quarantined, token };
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.fill("[name=login]", "admin");
  await page.fill("[name=password]", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/pos-servers/);
}

function readPromotion(file: string): unknown {
  return queryFile(file, `select name from program where id = ${PROMOTION.id}`)[0];
}

async function downloadTable(page: Page) {
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Excel" }).click();
  const bytes = await readFile(await (await downloading).path());
  const [sheet] = await readWorkbook(bytes);
  return tableOf(sheet);
}
