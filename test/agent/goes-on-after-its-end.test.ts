import { randomUUID } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import t from "tap";
import { startTestAgent } from "../helpers/agent.ts";
import { awaitCommand, awaitEndOfReset, sendCommand } from "../helpers/agent-commands.ts";
import { startAgentProcess } from "../helpers/agent-process.ts";
import { findFreePort } from "../helpers/program.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const RESETS = "/v1/database-resets";
const RUNNING = "running since 2026-11-24T09:00:00.000Z\n";

t.test("an agent that is told to end while it waits leaves the reset to its next start", async (t) => {
  const pos = await makeSampleService(t, { port: await findFreePort(), service: { stopTimeoutMs: 600_000 } });
  await pos.behave("hangs-at-stop");
  const agent = await startAgentProcess(t, pos);
  const key = randomUUID();
  await sendCommand(agent, RESETS, { key });
  await waitFor(async () => (await pos.read("service-state.txt")) === "stopping\n");
  await agent.close();
  t.equal(agent.child.exitCode, 0);

  // The service stops meanwhile: the agent that comes back owes it a start.
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const restarted = await startTestAgent(t, pos);
  t.match(await awaitCommand(restarted, RESETS, key), {
    step: "failed",
    error: { error: "interrupted" },
    resetAt: null,
    movedFiles: [],
    service: "running",
  });
  t.equal((await pos.read("pos.db")).length, 1000);
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
  t.same(
    manifest.files.map(({ name }: { name: string }) => name),
    ["pos.db", "pos.db-wal"],
  );
});

const STARTS = "/v1/service-starts";

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

  await writeFile(pos.path("service-state.txt"), "running since 2026-11-24T09:00:00.000Z\n");
  const restarted = await startTestAgent(t, pos);
  t.same(await awaitCommand(restarted, STARTS, key), { step: "done", error: null });
});
