/**
 * `npm run bench log-search -- [--agents 50] [--simulated 450] [--megabytes 10] [--seconds 70]`: «Где ещё?» over real agents with logs, each
 * in its own process, and simulated POS servers.
 */
import { type ChildProcess, execFile, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { request } from "undici";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { received } from "../helpers/outcomes.ts";
import { findFreePort } from "../helpers/program.ts";
import { beginTestSession } from "../helpers/session.ts";
import { type FilledPosServer, fillDatabase } from "./fill-database.ts";
import { SYNC_ERROR } from "./fleet-answers.ts";
import { FLEET_ORGANIZATIONS, type FleetReady, fleetPosServer } from "./fleet-plan.ts";
import { writeLogFiles } from "./log-files.ts";
import { cpuSeconds, watchMemory } from "./memory.ts";
import { chainOrganizations } from "./mixed-chain.ts";
import { makeDataFolder } from "./monitor.ts";
import { numberOption } from "./options.ts";
import { AGENT_FLAGS, type Program, SERVER_FLAGS, startProgram } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const SOURCES = join(import.meta.dirname, "../../src");
const AGENT = join(SOURCES, "agent/main.ts");
const CRM_ID = "100000";
/** Below those that the system gives to others. */
const FIRST_PORT = 21_000;
const LOOK_EVERY_MS = 100;
/** As the page does; more often to see how soon it is. */
const REFRESH_EVERY_MS = 1_000;
const PATIENCE_MS = 120_000;

const agents = numberOption("agents", 50, 4);
const simulated = numberOption("simulated", 450, 40);
const megabytes = numberOption("megabytes", 10, 2);
const all = agents + simulated;

/** Of polls before, for the monitor to have grown as it does by itself. */
const seconds = numberOption("seconds", 70, 2);

const folder = await makeDataFolder();
const programs: ChildProcess[] = [];
const fleet: Program<FleetReady> = await startProgram("fleet.ts", ["--failing-percent", "0"]);
try {
  const real: FilledPosServer[] = [];
  for (let n = 0; n < agents; n++) real.push(await makeAgent(n));
  const others = Array.from({ length: simulated }, (_, n) => simulatedOne(n));
  await fillDatabase(
    folder.dataDir,
    chainOrganizations(FLEET_ORGANIZATIONS),
    [...others, ...real],
    Date.now(),
  );
  const pids = real.map((_, n) => start([...AGENT_FLAGS, AGENT, "--config", configOf(n)]));
  const port = await findFreePort();
  const env = { DATA_DIR: folder.dataDir, PORT: String(port), LOG_LEVEL: "error" };
  const monitor = start([...SERVER_FLAGS, join(SOURCES, "monitor/commands/main.ts"), "serve"], env);
  const database = openDatabase(join(folder.dataDir, DATABASE_FILE));
  const browser = openBrowser(`http://127.0.0.1:${port}`, await beginTestSession(database.db));
  await database.db.destroy();
  await untilAnswers(browser);
  await delay(seconds * 1_000);

  const before = pids.map(cpuSeconds);
  const growth = watchMemory(monitor);
  const { firstMs, allMs, answered, pageMs } = await search(browser);
  const memory = growth();
  const used = pids.map((pid, n) => (cpuSeconds(pid) - (before[n] ?? 0)) * 1000);
  printReport(`${agents} agents with ${megabytes} MB of logs each, ${simulated} simulated: ${answered}`, [
    measured("first results after", firstMs / 1000, "searchFirst"),
    measured("all have answered after", allMs / 1000, "searchAll"),
    measured("memory of the monitor grows by", memory, "searchMemory"),
    told("the page meanwhile, half below", `${quantile(pageMs, 0.5).toFixed(0)} ms`),
    told("CPU of an agent, mean", `${(used.reduce((sum, ms) => sum + ms, 0) / agents).toFixed(0)} ms`),
    told("CPU of an agent, most", `${Math.max(...used).toFixed(0)} ms`),
  ]);
} finally {
  for (const program of programs) {
    program.kill("SIGTERM");
    if (program.exitCode === null) await once(program, "exit");
  }
  await fleet.stop();
  await folder.remove();
}

function configOf(n: number): string {
  return join(folder.dataDir, `agent-${n}`, "agent.json");
}

async function makeAgent(n: number): Promise<FilledPosServer> {
  const root = join(folder.dataDir, `agent-${n}`);
  await mkdir(join(root, "Logs"), { recursive: true });
  const [log = ""] = await writeLogFiles(join(root, "Logs"), { files: 1, megabytes });
  const found = `[${new Date().toISOString().slice(0, 23).replace("T", " ").replace(".", ",")}] ERROR [1] — ${SYNC_ERROR}\n`;
  await writeFile(log, found.repeat(n % 5), { flag: "a" });
  const config = {
    host: "127.0.0.1",
    port: FIRST_PORT + n,
    publicAddress: "127.0.0.1",
    stateDirectory: join(root, "state"),
    dataDirectory: root,
    utcOffsetMinutes: 0,
    crmId: { value: CRM_ID },
    logs: { directory: join(root, "Logs") },
    service: { names: ["sample"], control: "commands", commands: { status: ["echo", "running"] } },
  };
  await writeFile(configOf(n), JSON.stringify(config));
  const printed = await promisify(execFile)(process.execPath, [AGENT, "--config", configOf(n), "pairing"]);
  const pairing = parsePairingString(printed.stdout.trim());
  if (!pairing) throw new Error("The agent printed no pairing string");
  const { posServerId: identity, ...called } = pairing;
  return {
    organization: 0,
    name: `Agent ${n}`,
    isParked: false,
    outcomes: [received(Date.now())],
    identity,
    ...called,
  };
}

function simulatedOne(n: number): FilledPosServer {
  const { address, token, fingerprint, posServerId: identity } = fleetPosServer(fleet.first, n);
  const called = { address, token: token ?? "", fingerprint, identity };
  const organization = n % FLEET_ORGANIZATIONS;
  return {
    organization,
    name: `Simulated ${n}`,
    isParked: false,
    outcomes: [received(Date.now())],
    ...called,
  };
}

function start(args: string[], env: Record<string, string> = {}): number {
  const stdio: StdioOptions = ["ignore", "ignore", "inherit"];
  const program = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio });
  programs.push(program);
  return program.pid ?? 0;
}

type Browser = ReturnType<typeof openBrowser>;

function openBrowser(origin: string, session: string) {
  let cookie = `session=${session}; timeZone=UTC; language=ru`;
  return async (path: string, form?: Record<string, string>) => {
    const { headers, body } = await request(origin + path, {
      method: form ? "POST" : "GET",
      headers: { cookie, ...(form && { "content-type": "application/x-www-form-urlencoded" }) },
      body: form ? new URLSearchParams(form).toString() : null,
    });
    for (const set of [headers["set-cookie"] ?? []].flat()) cookie += `; ${set.split(";")[0]}`;
    return { location: String(headers.location ?? ""), text: await body.text() };
  };
}

/** The monitor listens, and every agent has answered a poll. */
async function untilAnswers(browser: Browser): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const page = await browser("/pos-servers?state=unreachable").catch(() => null);
    if (page && /<h1/.test(page.text)) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error("the monitor does not listen");
}

async function search(browser: Browser) {
  const { text: form } = await browser("/log-searches/new");
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(form)?.[1] ?? "";
  const begunAt = performance.now();
  const { location } = await browser("/log-searches", { _csrf, sought: SYNC_ERROR, span: "day" });
  let firstMs = Number.POSITIVE_INFINITY;
  const pageMs: number[] = [];
  for (;;) {
    const askedAt = performance.now();
    const { text } = await browser(location);
    pageMs.push(performance.now() - askedAt);
    const ms = performance.now() - begunAt;
    const answered = /Ответили [^<]*/.exec(text)?.[0] ?? text.slice(0, 500);
    if (text.includes("log-search-found")) firstMs = Math.min(firstMs, ms);
    if (!text.includes("осталось") || ms > PATIENCE_MS) return { firstMs, allMs: ms, answered, pageMs };
    await delay(all > 1_000 ? REFRESH_EVERY_MS : LOOK_EVERY_MS);
  }
}
