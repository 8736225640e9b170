import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { pairingString } from "../../src/agent/listening.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import type { AgentFolder } from "./agent.ts";
import { findBundle } from "./bundled-programs.ts";
import type { Owner } from "./owner.ts";
import { waitFor } from "./wait-for.ts";

const MAIN = "src/agent/main.ts";
const FAULTY_RENAME = new URL("./faulty-rename.ts", import.meta.url).href;

export type AgentProcess = Awaited<ReturnType<typeof startAgentProcess>>;

export interface Faults {
  /** The agent is ended by SIGKILL right after so many renames. */
  killAfterRename?: number;
  /** Name of a file that cannot be moved away, nor be replaced. */
  failRenameOf?: string;
}

/**
 * Starts an agent whose configuration names its port, and waits until it listens.
 * @param program its file after flags of Node; its bundle or the sources unless told.
 */
export async function startAgentProcess(
  t: Owner,
  folder: AgentFolder,
  faults?: Faults,
  program = [findBundle(MAIN) ?? join(import.meta.dirname, "../..", MAIN)],
) {
  const configFile = join(folder.root, "agent.json");
  const config = await readAgentConfig(configFile);
  const child = spawn(process.execPath, [...flagsOf(faults), ...program, "--config", configFile], {
    env: { ...process.env, ...environmentOf(faults) },
  });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = once(child, "close").then(([, signal]) => signal as NodeJS.Signals | null);
  await waitFor(() => output.includes("agent is ready"));
  const identity = await loadIdentity(config.stateDirectory);
  return {
    child,
    ended,
    address: `https://127.0.0.1:${config.port}`,
    pairingString: pairingString(config, identity, config.port ?? 0),
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Flags of Node with which a program has these faults, together with `environmentOf`. */
export function flagsOf(faults?: Faults): string[] {
  return faults ? ["--import", FAULTY_RENAME] : [];
}

export function environmentOf(faults?: Faults): NodeJS.ProcessEnv {
  return {
    ...(faults?.killAfterRename ? { KILL_AFTER_RENAME: String(faults.killAfterRename) } : {}),
    ...(faults?.failRenameOf ? { FAIL_RENAME_OF: faults.failRenameOf } : {}),
  };
}
