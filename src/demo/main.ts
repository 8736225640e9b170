import { randomBytes } from "node:crypto";
import { readConfig } from "../monitor/config.ts";
import { startDemo } from "./demo.ts";
import { startMonitor } from "./monitor.ts";

const SHELL_CHECK_MS = 500;

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Runs the demo until Ctrl-C or SIGTERM. */
async function run(): Promise<void> {
  const config = readConfig({ ...process.env, HOST: "127.0.0.1" });
  const password = process.env.DEMO_PASSWORD || randomBytes(9).toString("base64url");
  const demo = startDemo({
    config,
    folder: process.env.DATA_DIR ? config.dataDir : null,
    startMonitor: (monitorConfig, entries) => startMonitor(monitorConfig, entries, password),
  });
  const stopAsked = new Promise<void>((resolve) => {
    // Both come twice when npm passes on what the terminal has already sent to every process.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
    if (process.env.npm_command) whenShellEnds(resolve);
  });

  try {
    const url = await Promise.race([demo.ready, stopAsked]);
    if (!url) return;
    process.stdout.write(`Poswatch demo: ${url} login admin or manager password ${password}\n`);
    await Promise.race([stopAsked, demo.childEnded.then(throwEnded)]);
  } finally {
    await demo.stop();
  }
}

function throwEnded(): never {
  throw new Error("A part of the demo has ended unexpectedly");
}

/** npm sends its signals to the shell between it and this process, and the shell dies of SIGTERM without a word. */
function whenShellEnds(act: () => void): void {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) act();
  }, SHELL_CHECK_MS).unref();
}
