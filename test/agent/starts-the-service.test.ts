import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import t from "tap";
import { startTestAgent } from "../helpers/agent.ts";
import { awaitCommand, sendCommand } from "../helpers/agent-commands.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const STARTS = "/v1/service-starts";

t.test("a stopped service is started, and one that runs is left alone", async (t) => {
  const pos = await makeSampleService(t);
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const agent = await startTestAgent(t, pos);
  for (let round = 1; round <= 2; round += 1) {
    const key = randomUUID();
    t.match(await sendCommand(agent, STARTS, { key }), { status: 202 });
    t.same(await awaitCommand(agent, STARTS, key), { step: "done", error: null });
    t.same(pos.calls(), ["start"]);
    await waitFor(async () => (await sendCommand(agent, STARTS, { key })).status === 202);
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
