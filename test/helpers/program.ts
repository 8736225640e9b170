import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { delimiter, join, resolve } from "node:path";
import type { Test } from "tap";
import { findBundle } from "./bundled-programs.ts";
import type { Owner } from "./owner.ts";

const ROOT = join(import.meta.dirname, "../..");

export type Program = ReturnType<typeof start>;

interface ProgramOptions {
  flags?: string[];
  args?: string[];
  env?: NodeJS.ProcessEnv;
  input?: string;
}

/** Starts `src/…`, or its bundle, or a file of another folder, with Node; whatever still runs when the test ends is killed. */
export function startProgram(
  t: Owner,
  file: string,
  { flags = [], args = [], ...options }: ProgramOptions = {},
) {
  const program = findBundle(file) ?? resolve(ROOT, file);
  return start(t, process.execPath, { args: [...flags, program, ...args], ...options });
}

function start(t: Owner, file: string, { args = [], env = {}, input }: ProgramOptions) {
  const child = spawn(file, args, { env: { ...process.env, ...env } });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stdin.end(input);
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  return {
    child,
    /** What it has printed so far, on both streams. */
    output: () => output,
    ended,
    /** Sends a signal and waits for the end. @returns the exit code; null = the signal has ended it. */
    async end(signal: NodeJS.Signals = "SIGTERM") {
      child.kill(signal);
      return await ended;
    },
  };
}

/** Starts a command of the monitor. @param launcher of what is handed out; null = from the sources. */
export function startPoswatch(
  t: Owner,
  args: [command: string, ...args: string[]],
  options: Omit<ProgramOptions, "args"> = {},
  launcher: string | null = null,
): Program {
  if (launcher !== null) return start(t, launcher, { args, ...options });
  return startProgram(t, "src/monitor/commands/main.ts", { args, ...options });
}

/** Runs such a command to its end. @returns its exit code and what it printed. */
export async function runPoswatch(...started: Parameters<typeof startPoswatch>) {
  const { ended, output } = startPoswatch(...started);
  return { code: await ended, output: output() };
}

/** A port that is free now: for programs that must be told one. */
export async function findFreePort(): Promise<number> {
  const { server, port } = await listenAnywhere();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listenAnywhere() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port of 127.0.0.1 where nobody listens, nor ever will while this process lives. */
export const NOBODYS_PORT = await holdPort();

/** The near end of a connection has a port that nobody else is given, and does not listen at it. */
async function holdPort(): Promise<number> {
  const { server, port } = await listenAnywhere();
  const near = connect(port, "127.0.0.1");
  const [far]: Socket[] = await once(server, "connection");
  if (near.connecting) await once(near, "connect");
  server.close();
  for (const end of [near, far]) end?.unref();
  return near.localPort ?? 0;
}

/** Puts programs before the real ones, which this machine may lack. @returns the folder that they are in. */
export function installPrograms(t: Test, programs: Record<string, string>): string {
  const folder = t.testdir(programs);
  for (const name of Object.keys(programs)) chmodSync(join(folder, name), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  t.teardown(() => {
    process.env.PATH = path;
  });
  return folder;
}
