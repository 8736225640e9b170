import type { Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { writeAgentConfig } from "../../src/demo/agent-config.ts";
import { type DemoPosServer, POS_SERVERS } from "../../src/demo/chain.ts";
import { findDemoPorts } from "../../src/demo/demo-ports.ts";
import { posServerFolder } from "../../src/demo/folders.ts";
import { startSimulation } from "../../src/demo/simulation.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, listeningAgent } from "./agent.ts";
import { makeFolder } from "./folder.ts";

const QUICK_TIMING = {
  transitionMs: 50,
  exchangePauseMs: [100, 150],
  exchangeTimeoutMs: 2000,
  portLifetimeMs: 600_000,
} as const;

export function demoPosServer(slug: string): DemoPosServer {
  const posServer = POS_SERVERS.find((candidate) => candidate.slug === slug);
  if (!posServer) throw new Error(`The demo has no POS server ${slug}`);
  return posServer;
}

/** Runs some POS servers of the demo in this process, quicker than for people, until the test ends. */
export async function runSimulation(t: Test, slugs: readonly string[], { historyDays = 0 } = {}) {
  const dataDir = makeFolder(t);
  const posServers = slugs.map(demoPosServer);
  const ports = await findDemoPorts();
  const simulation = await startSimulation({ dataDir, posServers, historyDays, ports, timing: QUICK_TIMING });
  await simulation.started;
  t.teardown(() => simulation.close());
  const folder = (slug: string) => posServerFolder(dataDir, slug);
  return { simulation, ports, folder };
}

/** Starts the agent of a POS server of the demo in this process, as it is configured, but that it looks more often. */
export async function startDemoAgent(
  t: Test,
  { ports, folder }: Pick<Awaited<ReturnType<typeof runSimulation>>, "ports" | "folder">,
  slug: string,
  { releaseTimeoutMs }: { releaseTimeoutMs?: number } = {},
) {
  writeAgentConfig(demoPosServer(slug), folder(slug), ports);
  const config = await readAgentConfig(folder(slug).agentConfig);
  config.checks.everyMs = 100;
  config.database.releaseTimeoutMs = releaseTimeoutMs ?? config.database.releaseTimeoutMs;
  const running = listeningAgent(await startAgent(config, { logger: false }));
  t.teardown(() => running.close());

  const status = async () => (await callAgent(running, "/v1/status")).body as StatusReport;
  const checks = async () =>
    Object.fromEntries(((await status()).checks ?? []).map((check) => [check.id, check]));
  return { running, status, checks };
}
