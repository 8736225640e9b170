import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { VersionNote } from "../../src/agent/updates/installation.ts";
import { type AgentFolder, reachAgent } from "./agent.ts";
import { type Faults, withFaults } from "./agent-process.ts";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";
import { waitFor } from "./wait-for.ts";

const EXIT_UPDATED = 75;
const FAILURES_OF_BROKEN = 3;

export type AgentHost = Awaited<ReturnType<typeof startAgentHost>>;

export interface AgentHostOptions {
  /** `agent.cjs` by version; the first one is the current one. */
  versions: Record<string, string | Buffer>;
  /** Of the first process. */
  faults?: Faults;
  /** Where the program is; a folder of its own unless told. */
  folder?: string;
}

/** Keeps an agent with a port running as the host of Windows does (`service.c`), but starts it again at once. */
export async function startAgentHost(
  t: Owner,
  { root }: AgentFolder,
  { versions, faults, folder = makeFolder(t) }: AgentHostOptions,
) {
  const fileOf = (note: VersionNote) => join(folder, `${note}.txt`);
  const programOf = (version: string) => join(folder, "versions", version, "agent.cjs");
  const note = (name: VersionNote) =>
    existsSync(fileOf(name)) ? readFileSync(fileOf(name), "utf8").trim() : null;
  const write = (name: VersionNote, version: string) => writeFileSync(fileOf(name), version);
  const ends: string[] = [];
  let output = "";
  let running: ChildProcess | null = null;
  let isStopping = false;

  async function runOnce(version: string, faults?: Faults): Promise<number | null> {
    const { flags, env } = withFaults(faults);
    const args = [...flags, programOf(version), "--config", join(root, "agent.json")];
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env, POSWATCH_HOST: "1" } });
    running = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const [exitCode] = await once(child, "close");
    ends.push(`${version} ${exitCode}`);
    return exitCode;
  }

  async function keepRunning(): Promise<void> {
    let failures = 0;
    let before = "";
    for (let isFirst = true; !isStopping; isFirst = false) {
      const version = note("current") ?? "";
      const exitCode = await runOnce(version, isFirst ? faults : undefined);
      const isUpdated = exitCode === EXIT_UPDATED && note("current") !== version;
      failures = isUpdated ? 0 : version === before ? failures + 1 : 1;
      before = version;
      const previous = note("previous") ?? version;
      if (failures < FAILURES_OF_BROKEN || [previous, note("confirmed")].includes(version)) continue;
      write("rejected", version);
      write("current", previous);
    }
  }

  for (const [version, code] of Object.entries(versions)) {
    mkdirSync(dirname(programOf(version)), { recursive: true });
    writeFileSync(programOf(version), code);
  }
  write("current", Object.keys(versions)[0] ?? "");
  const kept = keepRunning();
  t.teardown(async () => {
    isStopping = true;
    running?.kill("SIGKILL");
    await kept;
  });
  const ready = () => output.split("agent is ready").length - 1;
  await waitFor(() => ready() > 0);
  return {
    folder,
    /** Whichever version runs. */
    agent: await reachAgent({ root }),
    note,
    write,
    versions: () => readdirSync(join(folder, "versions")).sort(),
    programOf,
    output: () => output,
    ready,
    ends: () => [...ends],
    kill: () => void running?.kill("SIGKILL"),
  };
}
