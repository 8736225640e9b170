import { randomUUID } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import t from "tap";
import type { DatabaseResetReport } from "../../src/protocol/commands.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, startTestAgent } from "../helpers/agent.ts";
import { awaitCommand, awaitEndOfReset, resetDatabase, sendCommand } from "../helpers/agent-commands.ts";
import { startAgentProcess } from "../helpers/agent-process.ts";
import { findFreePort } from "../helpers/program.ts";
import { makeSampleService, startSampleAgent } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const RESETS = "/v1/database-resets";
const STARTS = "/v1/service-starts";
const RESTARTS = "/v1/service-restarts";
t.test("a command without a key, a token or a proper body does nothing", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  for (const path of [RESETS, STARTS, RESTARTS] as const) {
    t.match(await sendCommand(agent, path, { key: "" }), { status: 400, body: { error: "invalid_key" } });
    t.match(await sendCommand(agent, path, { key: "../../identity" }), { status: 400 });
    const noId = { error: "invalid_order", message: "/posServerId must be string" };
    t.match(await sendCommand(agent, path, { posServerId: 7 }), { status: 400, body: noId });
    const key = { "idempotency-key": randomUUID() };
    const headers = { ...key, "content-type": "application/json" };
    t.match(await callAgent(agent, path, { method: "POST", headers, content: "{" }), { status: 400 });
    t.match(await callAgent(agent, path, { method: "POST", headers: key }), { status: 400 });
    t.match(await callAgent(agent, path, { method: "POST", authorization: null }), { status: 401 });
    t.match(await callAgent(agent, `${path}/${randomUUID()}`), { status: 404, body: { error: "not_found" } });
    t.match(await callAgent(agent, `${path}/..%2Fidentity`), { status: 404 });
    t.match(await callAgent(agent, `${path}/${randomUUID()}`, { authorization: null }), { status: 401 });
  }
  t.match(await sendCommand(agent, RESETS, { startService: "true" }), {
    status: 400,
    body: { message: "/startService must be boolean" },
  });
  t.same(pos.calls(), []);
  t.same((await readdir(pos.path("state"))).sort(), ["identity.json"]);
});

t.test("a command that was on its way for too long is not begun, one that was begun goes on", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const expired = { status: 409, body: { error: "expired" } };
  for (const path of [RESETS, STARTS] as const)
    t.match(await sendCommand(agent, path, { notAfter: at(-1_000) }), expired);
  t.same(pos.calls(), []);
  const key = randomUUID();
  t.match(await sendCommand(agent, RESETS, { key, notAfter: at(60_000) }), { status: 202 });
  t.match(await sendCommand(agent, RESETS, { key, notAfter: at(-1_000) }), { status: 202 }, "it is known");
  await awaitCommand(agent, RESETS, key);
  // The reset still hashes what it has moved: until then the agent is busy.
  await waitFor(async () => (await sendCommand(agent, STARTS, { notAfter: "tomorrow" })).status === 202);
});

t.test("a command for another POS server is refused", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const wrong = { status: 409, body: { error: "wrong_pos_server" } };
  for (const path of [RESETS, STARTS, RESTARTS] as const)
    t.match(await sendCommand(agent, path, { posServerId: randomUUID() }), wrong);
  t.same(pos.calls(), []);
});

t.test("a reset for another machine, such as one with a copied disk, is refused", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const status = (await callAgent(agent, "/v1/status")).body as StatusReport;
  const machine = status.agent?.machine ?? "";
  const refused = await sendCommand(agent, RESETS, { machine: randomUUID() });
  t.match(refused, { status: 409, body: { error: "other_agent" } });
  t.same(pos.calls(), []);
  const key = randomUUID();
  t.match(await sendCommand(agent, RESETS, { key, machine }), { status: 202 });
  await awaitCommand(agent, RESETS, key);
});

t.test("a key that comes again gets its answer, with another order it is refused", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const key = randomUUID();
  const together = await Promise.all([1, 2, 3].map(() => sendCommand(agent, RESETS, { key })));
  for (const { status } of together) t.equal(status, 202);
  const report = await awaitCommand(agent, RESETS, key);
  t.match(await sendCommand(agent, RESETS, { key: key.toUpperCase() }), { status: 202, body: report });
  const reused = await sendCommand(agent, RESETS, { key, startService: false });
  t.match(reused, { status: 409, body: { error: "key_reused" } });
  t.match(await callAgent(agent, `${STARTS}/${key}`), { status: 404 });
  t.same(pos.calls(), ["stop", "start"]);
  await agent.close();

  const restarted = await startTestAgent(t, pos);
  t.match(await sendCommand(restarted, RESETS, { key }), { status: 202, body: { ...report, step: "done" } });
  t.same(pos.calls(), ["stop", "start"]);
});

t.test("while one command is under way another is refused", async (t) => {
  const pos = await makeSampleService(t, { service: { stopTimeoutMs: 600_000 } });
  await pos.behave("hangs-at-stop");
  const agent = await startTestAgent(t, pos);
  const key = randomUUID();
  t.match(await sendCommand(agent, RESETS, { key }), { status: 202 });
  for (const path of [RESETS, STARTS] as const)
    t.match(await sendCommand(agent, path), { status: 409, body: { error: "busy" } });
  t.match(await sendCommand(agent, RESETS, { key }), { status: 202, body: { step: "stopping_service" } });
  await waitFor(
    async () =>
      ((await callAgent(agent, `${RESETS}/${key}`)).body as DatabaseResetReport).service === "stopping",
  );
  t.match(await callAgent(agent, "/v1/status"), {
    body: { service: { state: "stopping" }, database: { exists: true, bytes: 1024 } },
  });

  await writeFile(pos.path("service-state.txt"), "stopped\n");
  t.match(await awaitCommand(agent, RESETS, key), { step: "done" });
});

t.test("a damaged answer acts no second time, and old ones are forgotten", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const [damaged, old] = [randomUUID(), randomUUID()];
  await resetDatabase(agent, { key: old });
  await awaitEndOfReset(pos.root, old);
  await agent.close();
  const file = pos.path(`state/database-resets/${old}.json`);
  const record = JSON.parse(await pos.read(`state/database-resets/${old}.json`));
  const monthAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
  await writeFile(file, JSON.stringify({ ...record, acceptedAt: monthAgo.toISOString() }));
  await writeFile(pos.path(`state/database-resets/${damaged}.json`), "{}");

  const restarted = await startTestAgent(t, pos);
  t.match(await sendCommand(restarted, RESETS, { key: damaged }), {
    status: 500,
    body: { error: "journal_failed", message: /is damaged/ },
  });
  await waitFor(async () => (await callAgent(restarted, `${RESETS}/${old}`)).status === 404);
  t.same(pos.calls(), ["stop", "start"]);
});

const RUNNING = "running since 2026-11-24T09:00:00.000Z\n";

t.test("what the end of the agent cut short is failed by its next start, and the service runs", async (t) => {
  for (const path of [RESETS, RESTARTS] as const) {
    const port = await findFreePort();
    const pos = await makeSampleService(t, { port, service: { stopTimeoutMs: 600_000 } });
    await pos.behave("hangs-at-stop");
    const agent = await startAgentProcess(t, pos);
    const key = randomUUID();
    await sendCommand(agent, path, { key });
    await waitFor(async () => (await pos.read("service-state.txt")) === "stopping\n");
    await agent.close();
    t.equal(agent.child.exitCode, 0);

    // The service stops meanwhile: the agent that comes back owes it a start.
    await writeFile(pos.path("service-state.txt"), "stopped\n");
    const restarted = await startTestAgent(t, pos);
    const nothingMoved = { resetAt: null, movedFiles: { length: 0 }, service: "running" };
    t.match(await awaitCommand(restarted, path, key), {
      step: "failed",
      error: { error: "interrupted" },
      ...(path === RESETS && nothingMoved),
    });
    t.same(pos.calls(), ["stop", "start"]);
    t.equal((await pos.read("pos.db")).length, 1000);
  }
});

t.test("a service that the system started in the middle of a reset is stopped again", async (t) => {
  const pos = await makeSampleService(t, { port: await findFreePort() });
  const key = randomUUID();
  // Renames: journal, probe, journal, journal, then one file of two.
  const agent = await startAgentProcess(t, pos, { killAfterRename: 5 });
  await sendCommand(agent, RESETS, { key }).catch(() => null);
  t.equal(await agent.ended, "SIGKILL");
  const [time = "", ...more] = await readdir(pos.path("quarantine"));
  t.same(more, []);
  const [movedFirst = "", ...others] = await readdir(pos.path(`quarantine/${time}`));
  t.same(others, [], "one of two files was moved");
  const oldFirst = await pos.read(`quarantine/${time}/${movedFirst}`);
  await writeFile(pos.path(movedFirst), "made by the service meanwhile");
  await writeFile(pos.path("service-state.txt"), RUNNING);

  const restarted = await startTestAgent(t, pos);
  t.match(await awaitCommand(restarted, RESETS, key), { step: "done", service: "running" });
  await awaitEndOfReset(pos.root, key);
  t.same(pos.calls(), ["stop", "stop", "start"]);
  t.equal(await pos.read("pos.db"), "new database");
  t.same((await readdir(pos.path("quarantine"))).sort(), [time, `${time}-later`]);
  t.equal(await pos.read(`quarantine/${time}/${movedFirst}`), oldFirst, "nothing of the old one is replaced");
  t.equal(await pos.read(`quarantine/${time}-later/${movedFirst}`), "made by the service meanwhile");
  const manifest = JSON.parse(await pos.read(`quarantine/${time}/manifest.json`));
  t.match(manifest.files, [{ name: "pos.db" }, { name: "pos.db-wal" }]);
  t.equal(manifest.files.length, 2);
});

t.test("a stopped service is started, and one that runs is left alone", async (t) => {
  const pos = await makeSampleService(t);
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const agent = await startTestAgent(t, pos);
  for (let round = 1; round <= 2; round += 1) {
    const key = randomUUID();
    // The one before may still be putting its answer on disk.
    await waitFor(async () => (await sendCommand(agent, STARTS, { key })).status === 202);
    t.same(await awaitCommand(agent, STARTS, key), { step: "done", error: null });
    t.same(pos.calls(), ["start"]);
  }
  t.equal((await pos.read("pos.db")).length, 1000, "the database stays");
});

t.test("what keeps it from starting is told", async (t) => {
  const pos = await makeSampleService(t);
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  await pos.behave("refuses-start");
  const agent = await startTestAgent(t, pos);
  const key = randomUUID();
  await sendCommand(agent, STARTS, { key });
  t.match(await awaitCommand(agent, STARTS, key), {
    step: "failed",
    error: { error: "start_failed", message: /The service is disabled/ },
  });
});

t.test("a start that the end of the agent cut short goes on at its next start", async (t) => {
  const pos = await makeSampleService(t, { service: { startTimeoutMs: 600_000 } });
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  await pos.behave("hangs-at-start");
  const agent = await startTestAgent(t, pos);
  const key = randomUUID();
  await sendCommand(agent, STARTS, { key });
  await waitFor(async () => (await pos.read("service-state.txt")) === "starting\n");
  await agent.close();

  await writeFile(pos.path("service-state.txt"), RUNNING);
  const restarted = await startTestAgent(t, pos);
  t.same(await awaitCommand(restarted, STARTS, key), { step: "done", error: null });
});

t.test("a service is restarted once, and its database stays", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const { service } = (await callAgent(agent, "/v1/status")).body as StatusReport;
  t.equal(service?.canRestart, true);
  const key = randomUUID();
  t.match(await sendCommand(agent, RESTARTS, { key }), { status: 202, body: { step: "stopping_service" } });
  t.match(await sendCommand(agent, RESTARTS, { key }), { status: 202 });
  t.same(await awaitCommand(agent, RESTARTS, key), { step: "done", error: null });
  t.same(pos.calls(), ["stop", "start"]);
  t.equal((await pos.read("pos.db")).length, 1000);
});

t.test("what does not stop is left running, what nobody can start is not stopped", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  await pos.behave("refuses-stop");
  const key = randomUUID();
  await sendCommand(agent, RESTARTS, { key });
  const refused = { step: "failed", error: { error: "stop_failed", message: /Access is denied/ } };
  t.match(await awaitCommand(agent, RESTARTS, key), refused);
  t.same(pos.calls(), ["stop"]);

  const commands = { status: ["cat", "service-state.txt"], stop: ["true"] };
  const startless = await startSampleAgent(t, { service: { commands } });
  const { service } = (await callAgent(startless.agent, "/v1/status")).body as StatusReport;
  t.equal(service?.canRestart, false);
  await sendCommand(startless.agent, RESTARTS, { key });
  const missing = { step: "failed", error: { error: "stop_failed", message: /service\.commands\.start/ } };
  t.match(await awaitCommand(startless.agent, RESTARTS, key), missing);
});
