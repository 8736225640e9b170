import path from "node:path";
import Fastify from "fastify";
import { type RunningAgent, startAgent } from "../agent/agent.ts";
import { readAgentConfig } from "../agent/config/config.ts";
import { agentLifetimeMs, type DemoPosServer, isInstalled, POS_SERVERS } from "./chain.ts";
import { runAsDemoChild } from "./child-process.ts";
import { posServerFolder } from "./folders.ts";

export interface AgentsStart {
  dataDir: string;
}

/** Sent when all agents listen: the pairing strings of those that do, by slug; secrets. */
export type AgentsReady = Map<string, string>;

runAsDemoChild<AgentsStart, AgentsReady>(async ({ dataDir }) => {
  // Each poll starts a program for the state of a service; compiling it would be half of the cost.
  process.env.NODE_COMPILE_CACHE = path.join(dataDir, "compile-cache");
  const { log } = Fastify({ logger: { level: "info", file: path.join(dataDir, "agents.log") } });
  const running: RunningAgent[] = [];
  const closeAgent = (agent: RunningAgent) =>
    agent.close().catch((error: unknown) => log.error({ err: error }, "agent does not close"));
  const pairingStrings: AgentsReady = new Map();

  async function start(posServer: DemoPosServer): Promise<void> {
    const { slug } = posServer;
    const config = await readAgentConfig(posServerFolder(dataDir, slug).agentConfig);
    const agent = await startAgent(config, { logger: log.child({ posServer: slug }) });
    if (agent.listening) pairingStrings.set(slug, agent.listening.pairingString);
    running.push(agent);
    const lifetimeMs = agentLifetimeMs(posServer);
    if (lifetimeMs !== null) setTimeout(() => closeAgent(agent), lifetimeMs).unref();
  }

  await Promise.all(POS_SERVERS.filter(isInstalled).map(start));
  return {
    ready: pairingStrings,
    close: async () => {
      await Promise.all(running.map(closeAgent));
    },
  };
});
