import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { makeAgentFolder } from "../helpers/agent.ts";
import { DESKTOP, launchBrowser, openPage } from "../helpers/browser.ts";
import { failedLine, succeededLine } from "../helpers/log-folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";

const POLL_INTERVAL_MS = 5_000;

t.test(
  "an agent started beside a folder of logs is paired and turns its row red and back within a poll",
  async (t) => {
    const folder = await makeAgentFolder(t, { port: await findFreePort(), utcOffsetMinutes: 0 });
    const log = join(folder.logs, "sync.log");
    await appendFile(log, succeededLine(Date.now()));
    const agentConfig = ["--config", join(folder.root, "agent.json")];
    const agent = startProgram(t, "src/agent/main.ts", { args: agentConfig });
    await waitFor(() => agent.output().includes("agent is ready"));
    const pairing = startProgram(t, "src/agent/main.ts", { args: [...agentConfig, "pairing"] });
    t.equal(await pairing.ended, 0);

    const env = { DATA_DIR: join(folder.root, "monitor"), PORT: "0" };
    const server = startProgram(t, "src/monitor/server.ts", { env });
    const listening = /listening at (http:\/\/127\.0\.0\.1:\d+)/;
    await waitFor(() => listening.test(server.output()));
    const [, url] = listening.exec(server.output()) ?? [];
    const { db } = openDatabase(join(env.DATA_DIR, DATABASE_FILE));
    await db
      .insertInto("setting")
      .values({ key: "pollIntervalMs", value: String(POLL_INTERVAL_MS) })
      .execute();
    const session = await beginTestSession(db);
    await db.destroy();

    const register = startProgram(t, "src/monitor/commands/register.ts", {
      args: ["--crm-id", "100237", "--organization", "ООО «Вкусный дом»", "--name", "Тверская, 12"],
      env,
      input: pairing.output(),
    });
    t.equal(await register.ended, 0, register.output());

    const browser = await launchBrowser();
    const page = await openPage(t, browser, DESKTOP);
    await page.context().addCookies([{ name: "session", value: session, url: url ?? "" }]);
    await page.goto(`${url}/pos-servers`);
    const row = page.locator("tbody tr");
    const becomes = async (state: string) => {
      await waitFor(async () => {
        await page.locator("#freshness").dispatchEvent("refresh");
        return (await row.getAttribute("data-state", { timeout: 10_000 }).catch(() => null)) === state;
      });
      t.pass(`the row is ${state}`);
    };

    await becomes("synced");
    await appendFile(log, failedLine(Date.now(), "нарушена целостность базы (guest_wallet)"));
    await becomes("sync_error");
    t.match(await row.textContent(), /Ошибка синхронизации.*База данных повреждена/s);
    await appendFile(log, succeededLine(Date.now()));
    await becomes("synced");

    const token =
      new URL(pairing.output().trim().replace("poswatch:", "https:")).searchParams.get("token") ?? "";
    t.ok(token.length > 20);
    t.notOk(server.output().includes(token), "no token in the monitor's log");
    t.notOk(agent.output().includes(token), "no token in the agent's log");
    server.child.kill("SIGTERM");
    t.equal(await server.ended, 0);
  },
);
