/** `npm run bench start`: from the start of the process to the first page, with 10,000 POS servers; and the demo's. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { findBundle, withBundles } from "../helpers/bundled-programs.ts";
import { findFreePort } from "../helpers/program.ts";
import { beginTestSession } from "../helpers/session.ts";
import { makeDataFolder } from "./monitor.ts";
import { numberOption } from "./options.ts";
import { runProgram, SERVER_FLAGS } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const SOURCES = join(import.meta.dirname, "../../src");
const MONITOR = "src/monitor/commands/main.ts";
const POS_SERVERS = "10000";
const STARTS = numberOption("starts", 5, 3);
const DEMOS = numberOption("demos", STARTS, 1);
const RETRY_MS = 10;
const PATIENCE_MS = 60_000;

const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, POS_SERVERS]);
const cookie = await beginSessionIn(folder.dataDir);
const installed = await withBundles((env) => timeStarts(findBundle(MONITOR, env) ?? ""));
const sources = await timeStarts(join(SOURCES, "monitor/commands/main.ts"));
await folder.remove();
const demos: number[] = [];
for (let start = 0; start < DEMOS; start += 1) demos.push(await timeDemo());

printReport(`Start to first page, ${POS_SERVERS} POS servers, median of ${STARTS}`, [
  measured("what is installed", quantile(installed, 0.5) / 1000, "start"),
  told("longest; the first compiles", `${(Math.max(...installed) / 1000).toFixed(2)} s`),
  told("the sources", `${(quantile(sources, 0.5) / 1000).toFixed(2)} s`),
  measured("npm run demo", quantile(demos, 0.5) / 1000, "demo"),
  told("longest; the first compiles", `${(Math.max(...demos) / 1000).toFixed(1)} s`),
]);

async function timeStarts(program: string): Promise<number[]> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const env = { DATA_DIR: folder.dataDir, LOG_LEVEL: "error" };
    times.push(await timeStart([...SERVER_FLAGS, program, "serve"], env, { cookie }));
  }
  return times;
}

/** It makes its own chain in a temporary folder; its page asks whoever comes to sign in. */
function timeDemo(): Promise<number> {
  return timeStart([join(SOURCES, "demo/main.ts")], {}, {});
}

/** @returns how long it takes to a whole page, ms. */
async function timeStart(
  args: string[],
  env: NodeJS.ProcessEnv,
  headers: Record<string, string>,
): Promise<number> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PORT: String(port), ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    await firstPage(`http://127.0.0.1:${port}/pos-servers`, headers, startedAt + PATIENCE_MS);
    return performance.now() - startedAt;
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

async function firstPage(url: string, headers: Record<string, string>, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const response = await fetch(url, { headers }).catch(() => null);
    if (response?.ok && (await response.text()).includes("</html>")) return;
    await delay(RETRY_MS);
  }
  throw new Error(`No page at ${url}`);
}

async function beginSessionIn(dataDir: string): Promise<string> {
  const { db } = openDatabase(join(dataDir, DATABASE_FILE));
  const session = await beginTestSession(db);
  await db.destroy();
  return `session=${session}`;
}
