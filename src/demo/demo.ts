import path from "node:path";
import { enroll } from "../agent/command-line/enroll.ts";
import { readAgentConfig } from "../agent/config/config.ts";
import type { Config } from "../monitor/config.ts";
import { writeAgentConfig } from "./agent-config.ts";
import type { AgentsReady, AgentsStart } from "./agents-process.ts";
import { agentLifetimeMs, isInstalled, POS_SERVERS } from "./chain.ts";
import type { ChainReady, ChainStart } from "./chain-process.ts";
import { type DemoChild, forkDemoChild } from "./child-process.ts";
import { createDemoEntries, type DemoEntry } from "./demo-entries.ts";
import { findDemoPorts } from "./demo-ports.ts";
import { openDemoFolder, posServerFolder } from "./folders.ts";
import type { DemoMonitor, MonitoredChain } from "./monitor.ts";
import { startReceivers } from "./receivers.ts";

const HISTORY_DAYS = 5;
/** Of a machine that has much else to do. */
const ENROL_WITHIN_MS = 10 * 60_000;

interface DemoOptions {
  /** Configuration of the monitor; its folders are replaced by folders inside the demo's own. */
  config: Config;
  /** null = a temporary folder, removed at the end. */
  folder: string | null;
  startMonitor(config: Config, chain: Omit<MonitoredChain, "password">): Promise<DemoMonitor>;
}

export interface Demo {
  /** Resolves when every part works. */
  ready: Promise<DemoReady>;
  /** Resolves when one of the child processes has ended. */
  childEnded: Promise<void>;
  /** Ends all of it, also while it is still starting. */
  stop(): Promise<void>;
}

/** Where to look: `http://127.0.0.1:port` each. */
export interface DemoReady {
  monitorUrl: string;
  /** What the monitor has sent. */
  arrivalsUrl: string;
}

interface DemoRun extends DemoOptions {
  /** What the first line that it prints when it is ready calls it. */
  name: string;
  /** Password of both users, for that line. */
  password: string;
}

/** Starts the simulated chain, its agents, who gets messages, and the monitor. @throws when the folder cannot be used. */
export function startDemo({ config, folder: givenFolder, startMonitor }: DemoOptions): Demo {
  const folder = openDemoFolder(givenFolder);
  const chain = forkDemoChild<ChainStart, ChainReady>(new URL("./chain-process.ts", import.meta.url));
  const agents = forkDemoChild<AgentsStart, AgentsReady>(new URL("./agents-process.ts", import.meta.url));
  const receiving = startReceivers();
  let monitor: DemoMonitor | null = null;

  async function start(): Promise<DemoReady> {
    const { servers: messageServers, url: arrivalsUrl } = await receiving;
    const entries = await startChain(folder.path, chain, agents);
    const dataDir = path.join(folder.path, "monitor");
    const ownConfig = { ...config, dataDir, archiveDir: path.join(dataDir, "archives") };
    monitor = await startMonitor(ownConfig, { entries, messageServers });
    if (monitor.enrolmentCode !== null) await enrolAgents(folder.path, monitor.enrolmentCode);
    return { monitorUrl: monitor.url, arrivalsUrl };
  }

  async function stop(): Promise<void> {
    await closeMonitor();
    await Promise.all([agents.stop(), chain.stop()]);
    // A start under way ends now: with an error that the caller of `ready` sees, or with a monitor.
    await Promise.allSettled([ready]);
    await closeMonitor();
    await receiving.then(
      (receivers) => receivers.close(),
      () => undefined, // `ready` has told why
    );
    folder.release();
  }

  async function closeMonitor(): Promise<void> {
    const open = monitor;
    monitor = null;
    await open?.close();
  }

  const ready = start();
  return { ready, childEnded: Promise.race([chain.ended, agents.ended]), stop };
}

/** Lets agents in by a code, as the command `enroll` does: those that run dial out from then on. */
async function enrolAgents(dataDir: string, code: string): Promise<void> {
  for (const { slug } of POS_SERVERS.filter(({ dialsOut }) => dialsOut)) {
    const configFile = posServerFolder(dataDir, slug).agentConfig;
    const config = await readAgentConfig(configFile);
    const ending = AbortSignal.timeout(ENROL_WITHIN_MS);
    const command = { configFile, pasted: code, waits: true };
    const isLetIn = await enroll(config, command, () => undefined, ending);
    if (!isLetIn) throw new Error(`The agent of ${slug} was not let in`);
  }
}

/** @returns what the registry is to know about the POS servers, when all that should run of them does. */
async function startChain(
  dataDir: string,
  chain: DemoChild<ChainStart, ChainReady>,
  agents: DemoChild<AgentsStart, AgentsReady>,
): Promise<DemoEntry[]> {
  const installed = POS_SERVERS.filter(isInstalled);
  const ports = await findDemoPorts(installed);
  for (const posServer of installed)
    writeAgentConfig(posServer, posServerFolder(dataDir, posServer.slug), ports);
  await chain.begin({ dataDir, historyDays: HISTORY_DAYS, ports });
  const { pairingStrings } = await agents.begin({
    logFile: path.join(dataDir, "agents.log"),
    compileCacheFolder: path.join(dataDir, "compile-cache"),
    agents: installed.map((posServer) => ({
      slug: posServer.slug,
      configFile: posServerFolder(dataDir, posServer.slug).agentConfig,
      lifetimeMs: agentLifetimeMs(posServer),
    })),
  });
  return createDemoEntries(POS_SERVERS, pairingStrings, ports.unopened);
}

/** Runs the demo until Ctrl-C or SIGTERM. @throws when a part of it cannot start or ends by itself. */
export async function runDemo({ name, password, ...options }: DemoRun): Promise<void> {
  const demo = startDemo(options);
  const stopAsked = new Promise<void>((resolve) => {
    // Both come twice when npm passes on what the terminal has already sent to every process.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
  });

  try {
    const ready = await Promise.race([demo.ready, stopAsked]);
    if (!ready) return;
    const { monitorUrl, arrivalsUrl } = ready;
    process.stdout.write(`Poswatch ${name}: ${monitorUrl} login admin or manager password ${password}\n`);
    process.stdout.write(`Messages it sends: ${arrivalsUrl}\n`);
    const ended = demo.childEnded.then(() => {
      throw new Error("A part of the demo has ended unexpectedly");
    });
    await Promise.race([stopAsked, ended]);
  } finally {
    await demo.stop();
  }
}
