/**
 * `npm run bench archive`: logs from a real agent through the monitor into its store, beside the zip writer alone over
 * the same files. `--megabytes 100` takes less than 1 GB.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openDatabase } from "../../src/database/open.ts";
import { DATABASE_FILE } from "../../src/plugins/database.ts";
import { findFreePort } from "../helpers/program.ts";
import { queueRequest } from "../helpers/requests.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { writeLogFiles } from "./log-files.ts";
import { watchMemory } from "./memory.ts";
import { makeDataFolder } from "./monitor.ts";
import { runProgram } from "./program.ts";
import { atLeast, atMost, printReport, told } from "./report.ts";

const SOURCES = join(import.meta.dirname, "../../src");
const FILE_MEGABYTES = 20;
const SETTLE_MS = 3_000;
const PATIENCE_MS = 10 * 60_000;
const MEGABYTE = 1024 * 1024;
const CRM_ID = "100237";

const { values } = parseArgs({ options: { megabytes: { type: "string", default: "1024" } } });
const files = Math.max(1, Math.round(Number(values.megabytes) / FILE_MEGABYTES));
const megabytes = files * FILE_MEGABYTES;

const folder = await makeDataFolder();
const programs: ChildProcess[] = [];
try {
  const logs = join(folder.dataDir, "Logs");
  await mkdir(logs);
  const paths = await writeLogFiles(logs, { files, megabytes: FILE_MEGABYTES });
  const agent = await startAgent(folder.dataDir, logs);
  const monitor = await startMonitor(folder.dataDir);
  await waitUntilPolled();

  const [agentGrowth, monitorGrowth] = [watchMemory(agent.pid ?? 0), watchMemory(monitor.pid ?? 0)];
  const fetchMs = await fetchAll();
  const [agentMegabytes, monitorMegabytes] = [agentGrowth(), monitorGrowth()];
  const { ms: bareMs } = await runProgram<{ ms: number }>("bare-zip.ts", paths);

  printReport(`${megabytes} MB of logs from a POS server into the store, ${files} archives`, [
    atMost("memory of the agent grows by", agentMegabytes, 64, "MB"),
    atMost("memory of the monitor grows by", monitorMegabytes, 64, "MB"),
    atLeast("throughput, of the zip writer alone", (bareMs / fetchMs) * 100, 50, "%", 0),
    told("fetched and verified", `${((megabytes * 1000) / fetchMs).toFixed(0)} MB/s`),
    told("the zip writer alone", `${((megabytes * 1000) / bareMs).toFixed(0)} MB/s`),
  ]);
} finally {
  for (const program of programs) {
    program.kill("SIGTERM");
    if (program.exitCode === null) await once(program, "exit");
  }
  await folder.remove();
}

async function startAgent(directory: string, logFolder: string): Promise<ChildProcess> {
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
  const program = join(SOURCES, "agent/main.ts");
  const pairing = execFileSync(process.execPath, [program, "--config", file, "pairing"]);
  const register = join(SOURCES, "organizations/register-command.ts");
  execFileSync(
    process.execPath,
    [register, "--crm-id", CRM_ID, "--organization", "Bench", "--name", "Bench"],
    { env: environment(directory), input: pairing },
  );
  return start([program, "--config", file], directory);
}

async function startMonitor(directory: string): Promise<ChildProcess> {
  return start([join(SOURCES, "server.ts")], directory);
}

function start(args: string[], directory: string): ChildProcess {
  const program = spawn(process.execPath, args, {
    env: environment(directory),
    stdio: ["ignore", "ignore", "inherit"],
  });
  programs.push(program);
  return program;
}

function environment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, DATA_DIR: directory, PORT: "0", LOG_LEVEL: "error" };
}

/** Both programs are at rest: started, and the one has called the other. */
async function waitUntilPolled(): Promise<void> {
  const { db } = openDatabase(join(folder.dataDir, DATABASE_FILE), 5_000);
  const isPolled = async () =>
    (await db.selectFrom("pos_status").select("last_update_at").executeTakeFirst())?.last_update_at != null;
  await waitFor(isPolled, { timeoutMs: PATIENCE_MS }).finally(() => db.destroy());
  await delay(SETTLE_MS);
}

/** Asks for all logs. @returns how long it took until they were in the store, ms. */
async function fetchAll(): Promise<number> {
  const { db } = openDatabase(join(folder.dataDir, DATABASE_FILE), 5_000);
  try {
    const id = await queueRequest(db, 1, Date.now());
    await db
      .updateTable("log_request")
      .set({ max_bytes: megabytes * MEGABYTE })
      .where("id", "=", id)
      .execute();
    const read = () =>
      db.selectFrom("log_request").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    await waitFor(async () => (await read()).finished_at !== null, { timeoutMs: PATIENCE_MS });
    const { status, failure_code, failure_detail, received_bytes, started_at, finished_at } = await read();
    if (status !== "done" || received_bytes !== megabytes * MEGABYTE) {
      throw new Error(
        `The logs did not come: ${status} ${failure_code} ${failure_detail}, ${received_bytes} bytes`,
      );
    }
    return (finished_at ?? 0) - (started_at ?? 0);
  } finally {
    await db.destroy();
  }
}
