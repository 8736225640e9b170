import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { addOrganization, addPosServer } from "../../src/monitor/registry/registry.ts";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { startAgentProcess } from "../helpers/agent-process.ts";
import { dialOutFor, reachBy, WAYS, type Way } from "../helpers/dial-out-for.ts";
import { makeFolder } from "../helpers/folder.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { registerPlain } from "../helpers/register.ts";
import { type ResettablePosServer, startResettablePosServer } from "../helpers/resettable-pos-server.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const RESETS = "/pos-servers/1/database-resets";
const RESET_AND_START = { crmId: "100237", startService: "1" };

for (const way of WAYS) {
  t.test(`killed at each step, the monitor goes on, and nothing is done twice: ${way}`, async (t) => {
    const { dataDir, posServer, ask } = await prepare(t, way, { isSlow: true, exchanges: false });
    const { isIn } = ask;

    let monitor = await startMonitorProcess(t, dataDir);
    let agent = way === "dial_out" ? dialOutFor(t, monitor.url, posServer.address) : null;
    /** The agent goes with the monitor, or loses its connection at least. */
    async function killAndRestart(): Promise<void> {
      await monitor.end("SIGKILL");
      await agent?.close();
      t.same(ask.problems(), [], "no half-written state");
      monitor = await startMonitorProcess(t, dataDir);
      agent &&= dialOutFor(t, monitor.url, posServer.address);
    }

    posServer.held.add("logs");
    await monitor.post(RESETS, { crmId: "100237", fetchLogs: "1" });
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
    await monitor.post("/pos-servers/1/service-starts", {});
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
    t.equal(await monitor.end(), 0);
  });
}

t.test("killed while it waits for an agent, the reset is told when that dials in, or never", async (t) => {
  const { dataDir, posServer, ask } = await prepare(t, "dial_out");
  const waiting = "select id from database_reset where waits_since is not null and finished_at is null";
  const isWaiting = () => ask.read(waiting).length > 0;
  let monitor = await startMonitorProcess(t, dataDir);
  async function killAndRestart(): Promise<void> {
    await monitor.end("SIGKILL");
    t.same(ask.problems(), [], "no half-written state");
    monitor = await startMonitorProcess(t, dataDir);
  }

  await monitor.post(RESETS, RESET_AND_START);
  t.ok(isWaiting());
  await killAndRestart();
  t.ok(isWaiting());
  ask.write("update database_reset set expires_at = requested_at");
  await killAndRestart();
  await waitFor(() => ask.isIn("failed"));
  t.same(ask.read("select failure_code from database_reset"), ["agent_absent"]);
  const agent = dialOutFor(t, monitor.url, posServer.address);
  await waitFor(() => posServer.requests.length > 0);
  t.same(posServer.resets, [], "it came too late");
  await agent.close();

  ask.write("delete from database_reset");
  await monitor.post(RESETS, RESET_AND_START);
  await killAndRestart();
  dialOutFor(t, monitor.url, posServer.address);
  await waitFor(() => ask.isIn("done"));
  t.equal(posServer.resets.length, 1);
  t.equal(await monitor.end(), 0);
});

t.test("an agent that is killed in the midst of a reset and dials in anew tells how it ended", async (t) => {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const pos = await makeSampleService(t);
  const { token, posServerId } = await loadIdentity(pos.path("state"));
  const ask = openForTest(t, dataDir);
  const monitor = await startMonitorProcess(t, dataDir);
  await ask.add({ token, identity: posServerId });
  const { port: _port, ...config } = pos.config;
  await writeFile(pos.path("agent.json"), JSON.stringify({ ...config, dialOut: { monitor: monitor.url } }));

  const first = await startAgentProcess(t, pos, { killAfterRename: 3 });
  await monitor.post(RESETS, RESET_AND_START);
  t.equal(await first.ended, "SIGKILL");
  const second = await startAgentProcess(t, pos);
  await waitFor(() => !ask.isIn("resetting"));
  t.same(ask.problems(), []);
  const wasReset = ask.isIn("awaiting_sync") || ask.isIn("done");
  t.ok(wasReset || ask.isIn("failed"));
  t.equal(await pos.read("pos.db"), wasReset ? "new database" : "x".repeat(1000));
  t.match(await pos.read("service-state.txt"), /^running/);
  await second.close();
  t.equal(await monitor.end(), 0);
});

/** A data folder with a POS server that can be reset, reached in a way. */
async function prepare(t: Test, way: Way, changes: Partial<ResettablePosServer> = {}) {
  const dataDir = makeFolder(t);
  const posServer = await startResettablePosServer(t, Date.now, changes);
  await registerPlain(t, dataDir, posServer.address);
  await reachBy(dataDir, way);
  const ask = openForTest(t, dataDir);
  if (way === "direct")
    ask.write("insert into setting (key, value) values ('allowUnprotectedResets', 'true')");
  return { dataDir, posServer, ask };
}

function openForTest(t: Test, dataDir: string) {
  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE), 5_000);
  t.teardown(() => db.destroy());
  const read = (statement: string) => sqlite.prepare<[], string>(statement).pluck().all();
  return {
    read,
    write: (statement: string) => void sqlite.exec(statement),
    /** Adds a POS server whose agent dials out. */
    async add({ token, identity }: { token: string; identity: string }): Promise<void> {
      const organizationId = await addOrganization(db, { name: "ООО «Вкусный дом»", crmId: "100237" }, 0);
      await addPosServer(
        db,
        openSecretBox(dataDir),
        {
          organizationId,
          name: "Тверская, 12",
          token,
          identity,
          connection: "dial_out",
          address: null,
          fingerprint: null,
          pollIntervalMs: null,
          isParked: false,
        },
        0,
      );
    },
    isIn: (step: string) => read("select step from database_reset")[0] === step,
    problems: () => [
      ...read("pragma integrity_check").filter((answer) => answer !== "ok"),
      ...read("select 'foreign key of ' || \"table\" from pragma_foreign_key_check"),
      ...read(`select 'step of ' || id from database_reset where step <>
        (select step from database_reset_step where database_reset_id = database_reset.id order by id desc)`),
    ],
  };
}
