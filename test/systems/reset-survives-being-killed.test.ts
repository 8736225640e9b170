import { join } from "node:path";
import t, { type Test } from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { makeFolder } from "../helpers/folder.ts";
import { type MonitorProcess, startMonitorProcess } from "../helpers/monitor-process.ts";
import { registerPlain } from "../helpers/register.ts";
import { startResettablePosServer } from "../helpers/resettable-pos-server.ts";
import { beginTestSession } from "../helpers/session.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("killed at each step, the monitor goes on, and nothing is done twice", async (t) => {
  const dataDir = makeFolder(t);
  const posServer = await startResettablePosServer(t, Date.now, { isSlow: true, exchanges: false });
  await registerPlain(t, dataDir, posServer.address);
  const ask = openForTest(t, dataDir);
  ask.write("insert into setting (key, value) values ('allowUnprotectedResets', 'true')");
  const { isIn, expireClaims } = ask;

  let monitor = await startMonitorProcess(t, dataDir);
  async function killAndRestart(): Promise<void> {
    monitor.child.kill("SIGKILL");
    await monitor.ended;
    t.same(ask.problems(), [], "no half-written state");
    expireClaims();
    monitor = await startMonitorProcess(t, dataDir);
  }

  posServer.held.add("logs");
  await post(monitor, dataDir, "/pos-servers/1/database-resets", { crmId: "100237", fetchLogs: "1" });
  await waitFor(() => posServer.requests.some((request) => request.startsWith("GET /v1/logs")));
  t.ok(isIn("fetching_logs"));
  await killAndRestart();
  posServer.held.delete("logs");

  await waitFor(() => posServer.resets.length === 1);
  t.ok(isIn("resetting"));
  await killAndRestart();
  posServer.isSlow = false;

  await waitFor(() => isIn("awaiting_start"));
  await killAndRestart();
  t.ok(isIn("awaiting_start"));

  posServer.isSlow = true;
  await post(monitor, dataDir, "/pos-servers/1/service-starts", {});
  await waitFor(() => posServer.starts.length === 1);
  t.ok(isIn("starting"));
  await killAndRestart();
  posServer.isSlow = false;

  await waitFor(() => isIn("awaiting_sync"));
  await killAndRestart();
  t.ok(isIn("awaiting_sync"));
  Object.assign(posServer, { lastSuccessAt: Date.now(), syncError: null });

  await waitFor(() => isIn("done"));
  t.equal(posServer.resets.length, 1);
  t.equal(posServer.starts.length, 1);
  t.same(
    ask.read("select step from database_reset_step order by id"),
    ["fetching_logs", "resetting", "awaiting_start", "starting", "awaiting_sync", "done"],
    "each step once",
  );
  monitor.child.kill("SIGTERM");
  t.equal(await monitor.ended, 0);
});

t.test("killed before the POS server was told, it is told by the next monitor", async (t) => {
  const dataDir = makeFolder(t);
  const posServer = await startResettablePosServer(t, Date.now);
  await registerPlain(t, dataDir, posServer.address);
  const ask = openForTest(t, dataDir);
  ask.write("insert into setting (key, value) values ('allowUnprotectedResets', 'true')");
  const first = await startMonitorProcess(t, dataDir);
  await waitFor(() => posServer.requests.length > 0);
  const answer = post(first, dataDir, "/pos-servers/1/database-resets", {
    crmId: "100237",
    startService: "1",
  });
  await waitFor(() => ask.read("select id from database_reset").length === 1);
  first.child.kill("SIGKILL");
  await answer.catch(() => undefined);
  await first.ended;
  ask.expireClaims();

  const second = await startMonitorProcess(t, dataDir);
  await waitFor(() => ask.isIn("done"));
  t.equal(posServer.resets.length, 1);
  second.child.kill("SIGTERM");
  t.equal(await second.ended, 0);
});

function openForTest(t: Test, dataDir: string) {
  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE), 5_000);
  t.teardown(() => db.destroy());
  const read = (statement: string) => sqlite.prepare<[], string>(statement).pluck().all();
  const write = (statement: string) => {
    sqlite.exec(statement);
  };
  return {
    read,
    write,
    isIn: (step: string) => read("select step from database_reset")[0] === step,
    /** What would pass by itself 15 s after the kill. */
    expireClaims() {
      for (const table of ["log_request", "database_reset", "service_start"])
        write(`update ${table} set claimed_until = 0`);
    },
    problems: () => [
      ...read("pragma integrity_check").filter((answer) => answer !== "ok"),
      ...read("select 'foreign key of ' || \"table\" from pragma_foreign_key_check"),
      ...read(`select 'step of ' || id from database_reset where step <>
        (select step from database_reset_step where database_reset_id = database_reset.id order by id desc)`),
    ],
  };
}

async function post(
  { url }: MonitorProcess,
  dataDir: string,
  path: string,
  fields: Record<string, string>,
): Promise<void> {
  const { db } = openDatabase(join(dataDir, DATABASE_FILE), 5_000);
  const session = await beginTestSession(db);
  await db.destroy();
  const page = await fetch(`${url}/pos-servers`, { headers: { cookie: `session=${session}` } });
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: [`session=${session}`, ...cookies].join("; ") },
    body: new URLSearchParams({ _csrf, ...fields }),
  });
  if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}
