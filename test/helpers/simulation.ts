import { readFileSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import type { Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { writeAgentConfig } from "../../src/demo/agent-config.ts";
import { type DemoPosServer, POS_SERVERS } from "../../src/demo/chain.ts";
import { findDemoPorts } from "../../src/demo/demo-ports.ts";
import { type PosServerFolder, posServerFolder } from "../../src/demo/folders.ts";
import { formatLogDate } from "../../src/demo/service-log.ts";
import { type Simulation, startSimulation } from "../../src/demo/simulation.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, listeningAgent } from "./agent.ts";
import { makeFolder } from "./folder.ts";

const QUICK_TIMING = {
  transitionMs: 50,
  exchangePauseMs: [100, 150],
  exchangeTimeoutMs: 2000,
  /** A test says when. */
  portLifetimeMs: 600_000,
} as const;

/** The POS server of the demo with this slug. */
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
  const simulation: Simulation = await startSimulation({
    dataDir,
    posServers,
    historyDays,
    ports,
    timing: QUICK_TIMING,
  });
  await simulation.started;
  t.teardown(() => simulation.close());
  const folder = (slug: string): PosServerFolder => posServerFolder(dataDir, slug);
  const readSyncLog = (slug: string): string => {
    const { utcOffsetMinutes, logEncoding } = demoPosServer(slug);
    const today = formatLogDate(Date.now(), utcOffsetMinutes);
    const bytes = readFileSync(path.join(folder(slug).logs, today, "sync.log"));
    return iconv.decode(bytes, logEncoding === "windows-1251" ? logEncoding : "utf-8");
  };
  return { simulation, ports, folder, readSyncLog };
}

const LOOKS_EVERY_MS = 100;

/**
 * Starts the agent of a POS server of the demo in this process, with its own configuration, but that it looks more often.
 * @param releaseTimeoutMs how long a reset waits for others that have the database open; what the demo has, unless told.
 */
export async function startDemoAgent(
  t: Test,
  { ports, folder }: Pick<Awaited<ReturnType<typeof runSimulation>>, "ports" | "folder">,
  slug: string,
  { releaseTimeoutMs }: { releaseTimeoutMs?: number } = {},
) {
  writeAgentConfig(demoPosServer(slug), folder(slug), ports);
  const config = await readAgentConfig(folder(slug).agentConfig);
  config.checks.everyMs = LOOKS_EVERY_MS;
  config.database.releaseTimeoutMs = releaseTimeoutMs ?? config.database.releaseTimeoutMs;
  const running = listeningAgent(await startAgent(config, { logger: false }));
  t.teardown(() => running.close());

  const status = async () => (await callAgent(running, "/v1/status")).body as StatusReport;
  /** What it has looked at, by id. */
  const checks = async () =>
    Object.fromEntries(((await status()).checks ?? []).map((check) => [check.id, check]));
  return { running, status, checks };
}
