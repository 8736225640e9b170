import { readdir } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { writeAgentConfig } from "../../src/demo/agent-config.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, listeningAgent } from "../helpers/agent.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { demoPosServer, runSimulation } from "../helpers/simulation.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("the agent resets the damaged database of «Тверская, 12», and the exchange works again", async (t) => {
  const { ports, folder, readSyncLog } = await runSimulation(t, ["tverskaya-12"]);
  const posServer = folder("tverskaya-12");
  await waitFor(() => readSyncLog("tverskaya-12").includes("нарушена целостность базы"));
  writeAgentConfig(demoPosServer("tverskaya-12"), posServer, ports);
  const agent = listeningAgent(
    await startAgent(await readAgentConfig(posServer.agentConfig), { logger: false }),
  );
  t.teardown(() => agent.close());
  const readStatus = async () => (await callAgent(agent, "/v1/status")).body as StatusReport;
  t.match((await readStatus()).sync?.error?.message, /нарушена целостность базы/);

  const report = await resetDatabase(agent);
  t.match(report, { step: "done", error: null, service: "running" });
  const resetAt = Date.parse(report.resetAt ?? "");
  await waitFor(async () => {
    const { sync, database } = await readStatus();
    const isNew = Date.parse(database?.createdAt ?? "") > resetAt;
    return isNew && sync?.error === null && Date.parse(sync.lastSuccessAt ?? "") > resetAt;
  });
  const quarantine = join(posServer.dataFolder, "quarantine");
  const [time = ""] = await readdir(quarantine);
  t.same(
    (await readdir(join(quarantine, time))).filter((name) => name !== "manifest.json"),
    report.movedFiles.map(({ name }) => name),
  );
  t.match((await readdir(posServer.dataFolder)).sort(), ["Logs", "iikoCard5.db"]);
});
