/** `npm run bench start`: from the start of the process to the first page, with 10,000 POS servers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { beginTestSession } from "../helpers/session.ts";
import { makeDataFolder } from "./monitor.ts";
import { runProgram, SERVER_FLAGS } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const POS_SERVERS = "10000";
const STARTS = 5;
const RETRY_MS = 10;
const PATIENCE_MS = 30_000;

const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, POS_SERVERS]);
const cookie = await beginSessionIn(folder.dataDir);
const times: number[] = [];
for (let start = 0; start < STARTS; start += 1) times.push(await timeStart());
await folder.remove();

printReport(`Start to first page, ${POS_SERVERS} POS servers`, [
  measured(`median of ${STARTS}`, quantile(times, 0.5) / 1000, "start"),
  told("longest", `${(Math.max(...times) / 1000).toFixed(2)} s`),
]);

async function timeStart(): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...SERVER_FLAGS, join(import.meta.dirname, "../../src/monitor/commands/main.ts"), "serve"],
    {
      env: { ...process.env, PORT: String(port), DATA_DIR: folder.dataDir, LOG_LEVEL: "error" },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const exit = once(child, "exit");
  try {
    await firstPage(`http://127.0.0.1:${port}/pos-servers`, startedAt + PATIENCE_MS);
    return performance.now() - startedAt;
  } finally {
    child.kill("SIGTERM");
    await exit;
  }
}

async function firstPage(url: string, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const response = await fetch(url, { headers: { cookie } }).catch(() => null);
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
