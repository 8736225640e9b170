import path from "node:path";
import { enroll } from "../agent/command-line/enroll.ts";
import { readAgentConfig } from "../agent/config/config.ts";
import type { Config } from "../monitor/config.ts";
import { writeAgentConfig } from "./agent-config.ts";
import type { AgentConnections, AgentsStart } from "./agents-process.ts";
import { dialsOut, isInstalled, POS_SERVERS } from "./chain.ts";
import type { ChainStart } from "./chain-process.ts";
import { forkDemoChild } from "./child-process.ts";
import { provideDemoPorts } from "./demo-ports.ts";
import { openDemoFolder, posServerFolder } from "./folders.ts";
import { startReceivers } from "./messages/receivers.ts";
import type { DemoMonitor, MonitoredChain } from "./monitor.ts";

const INSTALLED = POS_SERVERS.filter(isInstalled);
/** Long, for a busy machine. */
const ENROL_WITHIN_MS = 10 * 60_000;

interface DemoOptions {
  /** Of the monitor; its folders are replaced by folders inside the demo's own. */
  config: Config;
  /** null = a temporary folder, removed at the end. */
  folder: string | null;
  /** Of both users. */
  password: string;
  /** Called while the chain is being made. */
  loadMonitor(): Promise<(config: Config, chain: MonitoredChain) => Promise<DemoMonitor>>;
  /** Is told what goes on while it starts. */
  tell?(step: string): void;
}

/** Starts the simulated chain, its agents, the receivers of messages, and the monitor. @throws when the folder cannot be used. */
export function startDemo({ config, password, loadMonitor, tell = () => {}, ...options }: DemoOptions) {
  const folder = openDemoFolder(options.folder);
  const chain = forkDemoChild<ChainStart, object>(new URL("./chain-process.ts", import.meta.url));
  const agents = forkDemoChild<AgentsStart, AgentConnections>(
    new URL("./agents-process.ts", import.meta.url),
  );
  /** Servers and folders of this process, closed one after another at the end. */
  const open: { close(): Promise<void> }[] = [];

  /** @returns the addresses of the monitor and of the page with what it has sent. */
  async function start() {
    const ports = await provideDemoPorts(folder.path);
    for (const posServer of INSTALLED)
      writeAgentConfig(posServer, posServerFolder(folder.path, posServer.slug), ports);
    tell(`${INSTALLED.length} POS servers with databases and logs, and their main server …`);
    const making = chain.begin({ dataDir: folder.path, ports });
    const [startMonitor] = await Promise.all([loadMonitor(), making]);
    tell("An agent beside each of them …");
    const connections = await agents.begin({ dataDir: folder.path, ports });
    const receivers = await startReceivers(ports);
    open.push(receivers);
    tell("Poswatch …");
    const dataDir = path.join(folder.path, "monitor");
    const archiveDir = path.join(dataDir, "archives");
    const ownConfig = { ...config, dataDir, archiveDir, port: config.port || ports.monitor };
    const monitor = await startMonitor(ownConfig, { connections, ports, password });
    open.push(monitor);
    await enrolAgents(folder.path, monitor.enrolmentCode);
    return { monitorUrl: monitor.url, messagesUrl: receivers.url };
  }

  /** Also works while it is still starting. */
  async function stop(): Promise<void> {
    await Promise.all([closeParts(), agents.stop(), chain.stop()]);
    // A start under way ends now, with an error of `ready` or with a monitor.
    await Promise.allSettled([ready]);
    await closeParts();
    folder.release();
  }

  async function closeParts(): Promise<void> {
    for (const part of open.splice(0).reverse()) await part.close();
  }

  const ready = start();
  return { ready, childEnded: Promise.race([chain.ended, agents.ended]), stop };
}

/** Enrols agents with a code, like the command `enroll`; then they dial out. */
async function enrolAgents(dataDir: string, code: string): Promise<void> {
  const enrolments = POS_SERVERS.filter(dialsOut).map(async ({ slug }) => {
    const configFile = posServerFolder(dataDir, slug).agentConfig;
    const config = await readAgentConfig(configFile);
    const ending = AbortSignal.timeout(ENROL_WITHIN_MS);
    const isLetIn = await enroll(config, { configFile, pasted: code }, () => undefined, ending);
    if (!isLetIn) throw new Error(`The agent of ${slug} was not let in`);
  });
  await Promise.all(enrolments);
}
