import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import type { AgentLogger } from "../../src/agent/http/server.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { type AgentFolder, makeAgentFolder } from "./agent.ts";
import type { TestMonitor } from "./app.ts";
import type { Owner } from "./owner.ts";

/** Makes an agent that dials out, in a new folder unless told, with its POS server in the registry. */
export async function makeDiallingAgent(t: Owner, monitor: TestMonitor, dialOut: object, made?: AgentFolder) {
  const folder = made ?? (await makeAgentFolder(t));
  const { port: _port, ...config } = folder.config;
  await writeFile(join(folder.root, "agent.json"), JSON.stringify({ ...config, dialOut }));
  const { token, posServerId } = await loadIdentity(join(folder.root, "state"));
  const way = { connection: "dial_out", address: null } as const;
  const id = await monitor.addPosServer({ ...way, token, identity: posServerId });
  return {
    folder,
    id,
    /** It dials in again as soon as any agent may. */
    async start(logger: AgentLogger = false) {
      const config = await readAgentConfig(join(folder.root, "agent.json"));
      const agent = await startAgent(config, { logger, random: () => 0 });
      t.teardown(() => agent.close());
      return agent;
    },
  };
}
