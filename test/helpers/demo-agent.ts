import type { Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { writeAgentConfig } from "../../src/demo/agent-config.ts";
import type { ReportedCheck, StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, type ListeningAgent, listeningAgent } from "./agent.ts";
import { demoPosServer, type RunningSimulation } from "./simulation.ts";

const LOOKS_EVERY_MS = 100;

export interface DemoAgent {
  running: ListeningAgent;
  status(): Promise<StatusReport>;
  /** What it has looked at, by id. */
  checks(): Promise<Record<string, ReportedCheck>>;
}

/**
 * Starts the agent of a POS server of the demo in this process, with its own configuration, but that it looks more often.
 * @param releaseTimeoutMs how long a reset waits for others that have the database open; what the demo has, unless told.
 */
export async function startDemoAgent(
  t: Test,
  { ports, folder }: Pick<RunningSimulation, "ports" | "folder">,
  slug: string,
  { releaseTimeoutMs }: { releaseTimeoutMs?: number } = {},
): Promise<DemoAgent> {
  writeAgentConfig(demoPosServer(slug), folder(slug), ports);
  const config = await readAgentConfig(folder(slug).agentConfig);
  config.checks.everyMs = LOOKS_EVERY_MS;
  config.database.releaseTimeoutMs = releaseTimeoutMs ?? config.database.releaseTimeoutMs;
  const running = listeningAgent(await startAgent(config, { logger: false }));
  t.teardown(() => running.close());

  const status = async () => (await callAgent(running, "/v1/status")).body as StatusReport;
  const checks = async () =>
    Object.fromEntries(((await status()).checks ?? []).map((check) => [check.id, check]));
  return { running, status, checks };
}
