import { join } from "node:path";
import { type AgentFolder, reachAgent } from "./agent.ts";
import type { Owner } from "./owner.ts";
import { startProgram } from "./program.ts";
import { waitFor } from "./wait-for.ts";

const FAULTY_RENAME = new URL("./faulty-rename.ts", import.meta.url).href;

export type AgentProcess = Awaited<ReturnType<typeof startAgentProcess>>;

export interface Faults {
  /** The agent is ended by SIGKILL right after so many renames. */
  killAfterRename?: number;
  /** Name of a file that cannot be moved away, nor be replaced. */
  failRenameOf?: string;
}

/** Starts an agent with a port, and waits until it listens. @param program its file after flags of Node. */
export async function startAgentProcess(
  t: Owner,
  folder: AgentFolder,
  faults?: Faults,
  program = ["src/agent/main.ts"],
) {
  const { flags, env } = withFaults(faults);
  const args = ["--config", join(folder.root, "agent.json")];
  const options = { flags: [...flags, ...program.slice(0, -1)], args, env };
  const { child, output, ended, end } = startProgram(t, program.at(-1) ?? "", options);
  await waitFor(() => output().includes("agent is ready"));
  return {
    ...(await reachAgent(folder)),
    child,
    /** By which signal. */
    ended: ended.then(() => child.signalCode),
    close: async () => void (await end()),
  };
}

/** With which flags of Node and in which environment a program has these faults. */
export function withFaults({ killAfterRename, failRenameOf }: Faults = {}) {
  const env = {
    ...(killAfterRename && { KILL_AFTER_RENAME: String(killAfterRename) }),
    ...(failRenameOf && { FAIL_RENAME_OF: failRenameOf }),
  };
  return { flags: killAfterRename || failRenameOf ? ["--import", FAULTY_RENAME] : [], env };
}
