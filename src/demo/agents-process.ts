import { randomBytes } from "node:crypto";
import path from "node:path";
import Fastify from "fastify";
import { type RunningAgent, startAgent } from "../agent/agent.ts";
import { readAgentConfig } from "../agent/config/config.ts";
import { NOT_CONNECTED } from "../monitor/registry/connection.ts";
import type { PosServerConnection } from "../monitor/registry/registry.ts";
import { parsePairingString } from "../protocol/pairing-string.ts";
import { agentLifetimeMs, type DemoPosServer, isInstalled, POS_SERVERS } from "./chain.ts";
import { runAsDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { posServerFolder } from "./folders.ts";

const TOKEN_BYTES = 32;

export interface AgentsStart {
  dataDir: string;
  ports: DemoPorts;
}

/** How an administrator would have told the monitor to reach each agent, by slug; secrets. Sent when all agents listen. */
export type AgentConnections = Map<string, PosServerConnection>;

runAsDemoChild<AgentsStart, AgentConnections>(async ({ dataDir, ports }) => {
  // Each poll starts a program for the state of a service; compiling it would be half of the cost.
  process.env.NODE_COMPILE_CACHE = path.join(dataDir, "compile-cache");
  const { log } = Fastify({ logger: { level: "info", file: path.join(dataDir, "agents.log") } });
  const running: RunningAgent[] = [];
  const closeAgent = (agent: RunningAgent) =>
    agent.close().catch((error: unknown) => log.error({ err: error }, "agent does not close"));

  async function start(posServer: DemoPosServer): Promise<[slug: string, PosServerConnection]> {
    const { slug } = posServer;
    const address = `https://127.0.0.1:${ports.agents.get(slug)}`;
    if (!isInstalled(posServer)) return [slug, { ...NOT_CONNECTED, address }];
    const config = await readAgentConfig(posServerFolder(dataDir, slug).agentConfig);
    const agent = await startAgent(config, { logger: log.child({ posServer: slug }) });
    running.push(agent);
    const lifetimeMs = agentLifetimeMs(posServer);
    if (lifetimeMs !== null) setTimeout(() => closeAgent(agent), lifetimeMs).unref();
    return [slug, pairedConnection(posServer, agent.listening?.pairingString ?? "")];
  }

  return {
    ready: new Map(await Promise.all(POS_SERVERS.map(start))),
    close: async () => {
      await Promise.all(running.map(closeAgent));
    },
  };
});

function pairedConnection({ slug, scenario }: DemoPosServer, pairingString: string): PosServerConnection {
  const pairing = parsePairingString(pairingString);
  if (!pairing) throw new Error(`The agent of ${slug} gave no pairing string`);
  const { address, fingerprint, posServerId: identity } = pairing;
  const token = scenario === "token_changed" ? randomBytes(TOKEN_BYTES).toString("base64url") : pairing.token;
  return { connection: "direct", address, fingerprint, identity, token };
}
