import Fastify from "fastify";
import { type RunningAgent, startAgent } from "../agent/agent.ts";
import { readAgentConfig } from "../agent/config/config.ts";
import { runAsDemoChild } from "./child-process.ts";

export interface AgentsStart {
  logFile: string;
  compileCacheFolder: string;
  /** `lifetimeMs`: how long an agent listens, null = for good. */
  agents: { slug: string; configFile: string; lifetimeMs: number | null }[];
}

/** Sent when all agents listen; secrets. */
export interface AgentsReady {
  pairingStrings: Map<string, string>;
}

runAsDemoChild<AgentsStart, AgentsReady>(async ({ logFile, compileCacheFolder, agents }) => {
  // Each poll starts a program for the state of a service; compiling it would be half of the cost.
  process.env.NODE_COMPILE_CACHE = compileCacheFolder;
  const { log } = Fastify({ logger: { level: "info", file: logFile } });
  const running: RunningAgent[] = [];
  const closeAgent = (agent: RunningAgent) =>
    agent.close().catch((error: unknown) => log.error({ err: error }, "agent does not close"));
  const pairingStrings = new Map<string, string>();

  async function start({ slug, configFile, lifetimeMs }: AgentsStart["agents"][number]): Promise<void> {
    const config = await readAgentConfig(configFile);
    const agent = await startAgent(config, { logger: log.child({ posServer: slug }) });
    if (agent.listening) pairingStrings.set(slug, agent.listening.pairingString);
    running.push(agent);
    if (lifetimeMs !== null) setTimeout(() => closeAgent(agent), lifetimeMs).unref();
  }

  await Promise.all(agents.map(start));
  return {
    ready: { pairingStrings },
    close: async () => {
      await Promise.all(running.map(closeAgent));
    },
  };
});
