import { createServer } from "node:http";
import t, { type Test } from "tap";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { databaseIn } from "../helpers/backups.ts";
import { damageTable } from "../helpers/damage.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import {
  changeDatabase,
  type MonitorProcess,
  postForm,
  startMonitorProcess,
} from "../helpers/monitor-process.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { textOf } from "../helpers/page.ts";
import { startPoswatch } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { waitFor } from "../helpers/wait-for.ts";

const PASSWORD = "correct horse battery";

/** Sends the form of `/login` as a browser does. */
const signIn = ({ url }: MonitorProcess) =>
  postForm(url, "/login", { login: "root", password: PASSWORD, returnTo: "" });

/** A monitor that polls a POS server every 5 seconds, with an administrator who can sign in. */
async function startPollingMonitor(t: Test, dataDir: string): Promise<MonitorProcess> {
  const posServer = createServer((_request, response) => response.end(JSON.stringify(reportAt(Date.now()))));
  await registerPlain(t, dataDir, `http://127.0.0.1:${await listen(t, posServer)}`);
  await changeDatabase(dataDir, "update pos_server set poll_interval_ms = 5000");
  const added = startPoswatch(t, ["user", "create-administrator", "root", "Root", "--password-stdin"], {
    env: { DATA_DIR: dataDir },
    input: PASSWORD,
  });
  t.equal(await added.ended, 0);
  const monitor = await startMonitorProcess(t, dataDir);
  t.equal((await signIn(monitor)).status, 303);
  t.equal(await readiness(monitor), "ready\n");
  return monitor;
}

async function readiness({ url }: MonitorProcess): Promise<string> {
  return await (await fetch(`${url}/readyz`)).text();
}

async function becomes(monitor: MonitorProcess, text: string): Promise<void> {
  await waitFor(async () => (await readiness(monitor)) === text);
}

/** What the log says of errors. */
function errorsOf(monitor: MonitorProcess): string[] {
  return monitor
    .output()
    .split("\n")
    .filter((line) => line.includes('"level":50'));
}

const skip = process.getuid?.() !== 0 && "only root may mount";

t.test("on a full disk all says once that nothing is saved, until there is room", { skip }, async (t) => {
  const disk = mountSmallDisk(t, 16);
  const monitor = await startPollingMonitor(t, disk.folder);
  disk.fill();
  await becomes(monitor, "nothing is saved: the disk is full\n");

  const refused = await signIn(monitor);
  t.equal(refused.status, 503);
  t.match(textOf(await refused.text()), "На диске Poswatch закончилось место, поэтому войти");
  t.match(textOf(await monitor.page("/pos-servers")), /С \S+ ничего не сохраняется: на диске/);

  await waitFor(() => errorsOf(monitor).some((line) => line.includes("Poll results could not be saved")));
  const errors = errorsOf(monitor);
  t.match(errors[0], /database or disk is full/, "the first error is the cause");
  t.notMatch(monitor.output(), "cannot rollback");
  const saidAt = performance.now();
  await waitFor(() => performance.now() > saidAt + 4_000);
  const newOnes = errorsOf(monitor).slice(errors.length);
  const said = Object.values(
    Object.groupBy(newOnes, (line) => /"job":"[^"]*"|"msg":.*/.exec(line)?.[0] ?? line),
  );
  t.ok(
    said.every((same) => (same?.length ?? 0) <= 1),
    `nothing is said again with each attempt, of which there is one a second\n${newOnes.join("\n")}`,
  );

  disk.free();
  await becomes(monitor, "ready\n");
  t.equal((await signIn(monitor)).status, 303);
  t.notMatch(textOf(await monitor.page("/pos-servers")), "ничего не сохраняется");
  t.match(monitor.output(), "Poll results are saved again");
});

t.test("while another program holds the database, it says so and is not ready", async (t) => {
  const dataDir = makeFolder(t);
  const monitor = await startMonitorProcess(t, dataDir);
  await becomes(monitor, "ready\n");
  const { sqlite } = openDatabase(databaseIn(dataDir));
  t.teardown(() => sqlite.close());
  sqlite.exec("begin immediate");
  await becomes(monitor, "nothing is saved: another program holds the database\n");
  await waitFor(() => monitor.output().includes("The database cannot be used as it should"));
  sqlite.exec("rollback");
  await becomes(monitor, "ready\n");
});

for (const [table, what] of [
  ["audit_event", "what people do"],
  ["pos_status", "what polls find"],
] as const) {
  t.test(`a page that is damaged while it runs, of ${what}, is told everywhere`, async (t) => {
    const dataDir = makeFolder(t);
    const monitor = await startPollingMonitor(t, dataDir);
    damageTable(databaseIn(dataDir), table);
    // Whatever another process writes makes the monitor read its pages anew.
    await changeDatabase(dataDir, "insert into monitor_run (started_at, seen_at) values (1, 1)");

    const answer = await signIn(monitor);
    if (table === "audit_event") {
      t.equal(answer.status, 503);
      t.match(textOf(await answer.text()), "Часть базы данных Poswatch не читается");
      t.match(textOf(await monitor.page("/pos-servers")), /База данных Poswatch повреждена \(замечено в/);
    }
    await becomes(monitor, "the database is damaged\n");
    await waitFor(() => errorsOf(monitor).length > 0);
    t.notMatch(monitor.output(), "cannot rollback");
    t.ok(errorsOf(monitor).length <= 4, errorsOf(monitor).join("\n"));
    t.match(errorsOf(monitor)[0], /"code":"SQLITE_CORRUPT/);
  });
}

t.test("a database too large to be looked through at the start is looked through afterwards", async (t) => {
  const dataDir = makeFolder(t);
  const first = await startPollingMonitor(t, dataDir);
  await first.end();
  const huge = `insert into audit_event (at, user_login, address, action, result, detail)
    values (1, 'x', 'y', 'sign_in', 'done', hex(zeroblob(35000000)))`;
  await changeDatabase(dataDir, huge);
  damageTable(databaseIn(dataDir), "service_start");
  const monitor = await startMonitorProcess(t, dataDir);
  await becomes(monitor, "the database is damaged\n");
  t.match(textOf(await monitor.page("/audit")), "Журнал действий", "what is whole is shown");
});
