import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { findFreePort } from "../helpers/program.ts";
import { fillDatabase } from "./fill-database.ts";
import { SERVER_FLAGS } from "./program.ts";

const SOURCES = join(import.meta.dirname, "../../src");
const CRM_ID = "100237";

/** A real agent and the monitor, each in its own process, the one registered with the other. */
export interface AgentAndMonitor {
  agent: number;
  monitor: number;
  /** Of the monitor. */
  origin: string;
  stop(): Promise<void>;
}

export async function startAgentAndMonitor(dataDir: string, logFolder: string): Promise<AgentAndMonitor> {
  const programs: ChildProcess[] = [];
  const port = await findFreePort();
  const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: "error" };
  const start = (args: string[]): number => {
    const program = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
    programs.push(program);
    return program.pid ?? 0;
  };

  const config = await writeAgentConfig(dataDir, logFolder);
  const program = join(SOURCES, "agent/main.ts");
  const pairing = execFileSync(process.execPath, [program, "--config", config, "pairing"]);
  await register(dataDir, pairing.toString());
  return {
    agent: start([program, "--config", config]),
    monitor: start([...SERVER_FLAGS, join(SOURCES, "monitor/commands/main.ts"), "serve"]),
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      for (const program of programs) {
        program.kill("SIGTERM");
        if (program.exitCode === null) await once(program, "exit");
      }
    },
  };
}

async function register(dataDir: string, pairingText: string): Promise<void> {
  const pairing = parsePairingString(pairingText.trim());
  if (!pairing) throw new Error("The agent printed no pairing string");
  const { posServerId: identity, ...called } = pairing;
  const posServer = { organization: 0, name: "Bench", isParked: false, outcomes: [], identity, ...called };
  await fillDatabase(dataDir, [{ name: "Bench", crmId: CRM_ID }], [posServer], Date.now());
}

async function writeAgentConfig(directory: string, logFolder: string): Promise<string> {
  const file = join(directory, "agent.json");
  const config = {
    host: "127.0.0.1",
    port: await findFreePort(),
    publicAddress: "127.0.0.1",
    stateDirectory: join(directory, "agent"),
    dataDirectory: directory,
    utcOffsetMinutes: 180,
    crmId: { value: CRM_ID },
    logs: { directory: logFolder },
    service: { names: ["sample"], control: "commands", commands: { status: ["echo", "running"] } },
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
