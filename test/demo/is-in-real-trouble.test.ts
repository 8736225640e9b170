import { statSync } from "node:fs";
import t from "tap";
import { presentTrouble } from "../../src/demo/troubles.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { demoPosServer, runSimulation, startDemoAgent } from "../helpers/simulation.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("The log of one lies that it exchanges, until it is given a new database", async (t) => {
  const chain = await runSimulation(t, ["malysheva-51"], { historyDays: 2 });
  const { size } = statSync(chain.folder("malysheva-51").database);
  const agent = await startDemoAgent(t, chain, "malysheva-51");
  const writtenAgoMs = async () =>
    Date.now() - Date.parse((await agent.status()).sync?.traces?.databaseWrittenAt ?? "");
  const startedAt = Date.now();
  await waitFor(async () => Date.parse((await agent.status()).sync?.lastSuccessAt ?? "") > startedAt);
  t.match(await agent.status(), { logs: { evidence: "guess" }, sync: { error: null } });
  t.ok((await writtenAgoMs()) > 90 * 60_000);
  t.equal(statSync(chain.folder("malysheva-51").database).size, size);
  t.match(await resetDatabase(agent.running), { step: "done" });
  await waitFor(async () => (await writtenAgoMs()) < 60_000);
});

t.test("A database that another program has locked fails the exchange; its reset names that", async (t) => {
  const chain = await runSimulation(t, ["naberezhnaya-2"]);
  const agent = await startDemoAgent(t, chain, "naberezhnaya-2", { releaseTimeoutMs: 300 });
  const { holder } = chain.simulation;
  const { detail } = presentTrouble(demoPosServer("naberezhnaya-2")) ?? {};
  t.match(detail, /database is locked$/);
  await waitFor(async () => (await agent.status()).sync?.error?.message === detail);

  t.match(await resetDatabase(agent.running), {
    step: "failed",
    error: {
      error: "database_in_use",
      message: new RegExp(`^iikoCard5\\.db is open in nightly-backup \\(${holder?.processId}\\)$`),
    },
    movedFiles: [],
  });
  await waitFor(async () => (await agent.status()).service?.state === "running");
  process.kill(holder?.processId ?? 0);
  await waitFor(async () => (await agent.status()).sync?.error === null);
});

t.test(
  "Nothing is wrong with a healthy one, until its port dies while its service runs and exchanges",
  async (t) => {
    const chain = await runSimulation(t, ["pushkina-17"]);
    const service = chain.simulation.services.get("pushkina-17");
    const agent = await startDemoAgent(t, chain, "pushkina-17");
    const becomes = (outcome: string) =>
      waitFor(async () => (await agent.checks()).port?.outcome === outcome);
    const looked = ["service", "port", "database", "main_server_dns", "main_server_tcp", "amqp", "clock"];
    await waitFor(async () => {
      const checks = await agent.checks();
      return looked.every((id) => checks[id]?.outcome === "ok");
    });

    await service?.stopAnswering();
    await becomes("failed");
    const diedAt = Date.now();
    t.match((await agent.checks()).port, { detail: "refused" });
    await waitFor(async () => Date.parse((await agent.status()).sync?.lastSuccessAt ?? "") > diedAt);
    t.match(await agent.status(), { service: { state: "running" }, sync: { error: null } });

    await service?.stop();
    await service?.start();
    await becomes("ok");
  },
);
