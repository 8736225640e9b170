/** `npm run bench agent [-- --seconds N]`: what the agent of the package costs the POS server beside it, for N s with each log. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { pairingString } from "../../src/agent/listening.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { patternOfKind } from "../../src/protocol/taught-pattern.ts";
import { type AgentFolder, callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { foldLine } from "../helpers/fold-line.ts";
import type { Owner } from "../helpers/owner.ts";
import { findFreePort } from "../helpers/program.ts";
import { parseWordings } from "../wordings/read-wordings.ts";
import { cpuSeconds, privateMegabytes, residentMegabytes } from "./memory.ts";
import { isQuick, numberOption } from "./options.ts";
import { AGENT_FLAGS } from "./program.ts";
import { type Measured, measured, printReport, quantile, told } from "./report.ts";

/** Polled more often, it takes a larger share of a core, which then is only told. */
const FULL_SECONDS = 180;
const SECONDS = numberOption("seconds", FULL_SECONDS, 6);
const POLLS = 3;
const STARTS = isQuick ? 2 : 5;
const PATIENCE_MS = 30_000;
const GROWS_BY_BYTES_PER_SECOND = 1_000_000;
/** So few that even slow ones are all read at one poll. */
const HOSTILE_LINES = 100;
const HOSTILE_LENGTH = 4_000;
const HOSTILE = ["error sync ", "«sync ", "sync: ", "оплат", "[", "sync 1% ", "данные обмена ", "HQ failed "];
const TAUGHT_PATTERNS = 40;
const VARIED_LOG = join(import.meta.dirname, "varied-log.ts");

/** As restaurants have it: in one file. */
const { code } = await bundleAgent();

interface Case {
  name: string;
  grows: boolean;
  isTaught: boolean;
}

const CASES: Case[] = [
  { name: "quiet log", grows: false, isTaught: false },
  { name: "1 MB/s of varied lines", grows: true, isTaught: false },
  { name: "1 MB/s, taught patterns", grows: true, isTaught: true },
];

printReport("Agent, first answer", await withAgentFolder(measureStarts));
printReport(
  `Agent, lines made to hurt, of ${HOSTILE_LENGTH} characters`,
  await withAgentFolder(measureHostile),
);
for (const one of isQuick ? CASES.slice(1, 2) : CASES)
  printReport(
    `Agent, polled every ${SECONDS / POLLS} s, ${one.name}`,
    await withAgentFolder((folder) => measureCase(folder, one)),
  );

async function withAgentFolder(measure: (folder: AgentFolder) => Promise<Measured[]>): Promise<Measured[]> {
  const closing: (() => unknown)[] = [];
  const owner: Owner = { teardown: (close) => void closing.push(close) };
  const folder = await makeAgentFolder(owner, {
    port: await findFreePort(),
    utcOffsetMinutes: 0,
    checks: { everySeconds: 3600 },
  });
  await writeFile(join(folder.root, "agent.cjs"), code);
  await appendFile(logOf(folder), exchange());
  try {
    return await measure(folder);
  } finally {
    for (const close of closing) await close();
  }
}

async function measureStarts(folder: AgentFolder): Promise<Measured[]> {
  const times: number[] = [];
  for (let start = 0; start <= STARTS; start += 1) {
    const agent = await startAgent(folder);
    times.push(agent.answeredAfterMs / 1000);
    await agent.stop();
  }
  const [first = 0, ...later] = times;
  return [
    measured(`first answer, median of ${STARTS}`, quantile(later, 0.5), "agentFirstAnswer"),
    told("longest", `${Math.max(...later).toFixed(2)} s`),
    told("the first of all", `${first.toFixed(2)} s`),
  ];
}

async function measureHostile(folder: AgentFolder): Promise<Measured[]> {
  const agent = await startAgent(folder);
  try {
    const costs: number[] = [];
    for (const piece of HOSTILE) {
      // The first of a kind is compiled for.
      await appendFile(logOf(folder), hostile(piece).repeat(10));
      await agent.poll();
      const bare = await cpuOf(agent, () => agent.poll());
      await appendFile(logOf(folder), hostile(piece).repeat(HOSTILE_LINES));
      const cost = (await cpuOf(agent, () => agent.poll())) - bare;
      costs.push((cost * 1000) / HOSTILE_LINES);
    }
    const most = Math.max(...costs);
    return [
      measured("a line, the slowest kind", most, "agentHostileLine"),
      told("that kind", `«${HOSTILE[costs.indexOf(most)]?.trim()}» over and over`),
      told("median", `${quantile(costs, 0.5).toFixed(1)} ms`),
    ];
  } finally {
    await agent.stop();
  }
}

async function measureCase(folder: AgentFolder, one: Case): Promise<Measured[]> {
  const pollEveryMs = (SECONDS * 1000) / POLLS;
  // What is measured is not the start after an installation.
  await (await startAgent(folder)).stop();
  const agent = await startAgent(folder);
  if (one.isTaught) await agent.teach(taughtPatterns());
  const writer = one.grows ? startWriter(logOf(folder)) : null;
  try {
    await agent.poll();
    const cpuBefore = cpuSeconds(agent.pid);
    const startedAt = performance.now();
    let longestMs = 0;
    let own = 0;
    let all = 0;
    let known = 0;
    for (let poll = 1; poll <= POLLS; poll += 1) {
      await delay(startedAt + (poll - 0.5) * pollEveryMs - performance.now());
      const written = exchange();
      await appendFile(logOf(folder), written);
      await delay(startedAt + poll * pollEveryMs - performance.now());
      const askedAt = performance.now();
      const { sync } = await agent.poll();
      longestMs = Math.max(longestMs, performance.now() - askedAt);
      if (sync?.lastSuccessAt && written.includes(toStamp(new Date(sync.lastSuccessAt)))) known += 1;
      own = Math.max(own, privateMegabytes(agent.pid));
      all = Math.max(all, residentMegabytes(agent.pid));
    }
    const share = (100 * (cpuSeconds(agent.pid) - cpuBefore)) / ((performance.now() - startedAt) / 1000);
    return [
      one.grows || SECONDS < FULL_SECONDS
        ? told("of a core", `${share.toFixed(2)} %`)
        : measured("of a core", share, "agentCpu"),
      measured(`its own memory, ${one.name}`, own, one.grows ? "agentBusyMemory" : "agentIdleMemory"),
      measured(`with pages of Node's program, ${one.name}`, all, "agentResident"),
      told("longest report", `${longestMs.toFixed(0)} ms`),
      told("last exchange known in reports", `${known} of ${POLLS}`),
      told("log at the end", `${((await readFile(logOf(folder))).length / 1e6).toFixed(0)} MB`),
    ];
  } finally {
    writer?.kill();
    await agent.stop();
  }
}

interface Report {
  sync?: { lastSuccessAt: string | null };
}

/** Starts the agent as its host does, and waits for its first report. */
async function startAgent(folder: AgentFolder) {
  const configFile = join(folder.root, "agent.json");
  const config = await readAgentConfig(configFile);
  const identity = await loadIdentity(config.stateDirectory);
  const agent = {
    address: `https://127.0.0.1:${config.port}`,
    pairingString: pairingString(config, identity, config.port ?? 0),
  };
  const compiled = join(folder.root, "compiled");
  await mkdir(compiled, { recursive: true });
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...AGENT_FLAGS, join(folder.root, "agent.cjs"), "--config", configFile],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
  );
  const ended = once(child, "close");
  const poll = async () => (await callAgent(agent, "/v1/status")).body as Report;
  while (!(await poll().catch(() => null))) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error("The agent does not answer");
    await delay(5);
  }
  return {
    answeredAfterMs: performance.now() - startedAt,
    pid: child.pid ?? 0,
    poll,
    async teach(logs: object) {
      const headers = { "content-type": "application/json" };
      const call = { method: "PUT", headers, content: JSON.stringify({ logs }) };
      const { status, body } = await callAgent(agent, "/v1/configuration", call);
      if (status !== 200) throw new Error(JSON.stringify(body));
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** As many as a log of its own takes, in the form that the monitor teaches. */
function taughtPatterns() {
  const wordings = parseWordings(
    readFileSync(join(import.meta.dirname, "../wordings/strangers-1.jsonl"), "utf8"),
  );
  const patternsOf = (wanted: string) =>
    wordings
      .filter(({ truth }) => truth === wanted)
      .slice(0, TAUGHT_PATTERNS / 2)
      .map(({ text }) => patternOfKind(foldLine(text.split("\n")[0] ?? ""), wanted === "failure"));
  return { attempted: [], succeeded: patternsOf("success"), failed: patternsOf("failure"), excluded: [] };
}

async function cpuOf({ pid }: { pid: number }, work: () => Promise<unknown>): Promise<number> {
  // Two polls within a second share a report.
  await delay(1_100);
  const before = cpuSeconds(pid);
  await work();
  return cpuSeconds(pid) - before;
}

function logOf({ logs }: AgentFolder): string {
  return join(logs, "pos.log");
}

function toStamp(time: Date): string {
  return time.toISOString().slice(0, 23).replace("T", " ").replace(".", ",");
}

function exchange(): string {
  const stamp = toStamp(new Date());
  return `[${stamp}]  INFO [ 1] - Exchange started\n[${stamp}]  INFO [ 1] - Exchange finished in 00:00:02\n`;
}

function hostile(piece: string): string {
  return `[${toStamp(new Date())}]  INFO [ 1] - sync ${piece.repeat(HOSTILE_LENGTH / piece.length)}\n`;
}

/** In a process of its own, so that the polls are on time. */
function startWriter(log: string): ChildProcess {
  return spawn(process.execPath, [VARIED_LOG, log, String(GROWS_BY_BYTES_PER_SECOND)], { stdio: "inherit" });
}
