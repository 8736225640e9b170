/** `npm run bench agent`: what the agent of the package costs the POS server beside it. */
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Listening } from "../../src/agent/listening.ts";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { type AgentFolder, callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { type AgentProcess, startAgentProcess } from "../helpers/agent-process.ts";
import { attemptedLine, stamp, succeededLine } from "../helpers/log-folder.ts";
import { findFreePort } from "../helpers/program.ts";
import { cpuSeconds, privateMegabytes, residentMegabytes } from "./memory.ts";
import { AGENT_FLAGS, BENCHMARK, isQuick, runProgram } from "./program.ts";
import { atMost, type Measured, measured, printReport, quantile, told } from "./report.ts";

const POLLS = 3;
const POLL_EVERY_MS = isQuick ? 2_000 : 60_000;
const STARTS = isQuick ? 2 : 5;
const BYTES_PER_SECOND = 1_000_000;
/** So few that even slow ones are all read at one poll. */
const HOSTILE_LINES = 100;
const HOSTILE_LENGTH = 4_000;
const HOSTILE = ["error sync ", "«sync ", "sync: ", "оплат", "[", "sync 1% ", "данные обмена ", "HQ failed "];

/** As restaurants have it: in one file. */
const { code } = await bundleAgent();
process.env.NODE_COMPILE_CACHE = join((await makeFolder()).root, "compiled");
printReport("Agent, first answer", await measureStarts());
printReport(`Agent, lines made to hurt, of ${HOSTILE_LENGTH} characters`, await measureHostile());
const title = `Agent, polled every ${POLL_EVERY_MS / 1000} s`;
printReport(`${title}, a quiet log`, await measureBeside("a quiet log", { core: 0.3, own: 45 }));
const busy = await measureBeside("1 MB/s of varied lines", { core: 5, own: 55 }, BYTES_PER_SECOND);
printReport(`${title}, 1 MB/s of varied lines`, busy);
process.exit();

async function makeFolder(): Promise<AgentFolder> {
  const settings = { port: await findFreePort(), utcOffsetMinutes: 0, checks: { everySeconds: 3600 } };
  const folder = await makeAgentFolder(BENCHMARK, settings);
  await writeFile(join(folder.root, "agent.cjs"), code);
  await appendFile(logOf(folder), exchange());
  return folder;
}

async function measureStarts(): Promise<Measured[]> {
  const folder = await makeFolder();
  // The first start of all compiles.
  const { address, pairingString, close } = await startAgent(folder);
  await close();
  const times: number[] = [];
  while (times.length < STARTS) {
    const startedAt = performance.now();
    const starting = startAgent(folder);
    while (!(await poll({ address, pairingString }).catch(() => null))) await delay(5);
    times.push((performance.now() - startedAt) / 1000);
    await (await starting).close();
  }
  return [measured(`first answer, median of ${STARTS}`, quantile(times, 0.5), atMost(0.7, "s"))];
}

async function measureHostile(): Promise<Measured[]> {
  const folder = await makeFolder();
  const agent = await startAgent(folder);
  const costs: number[] = [];
  for (const piece of HOSTILE) {
    const line = `${stamp(Date.now())}  INFO [ 1] - sync ${piece.repeat(HOSTILE_LENGTH / piece.length)}\n`;
    // The first of a kind is compiled for.
    await appendFile(logOf(folder), line.repeat(10));
    await poll(agent);
    const bare = await cpuOfPoll(agent);
    await appendFile(logOf(folder), line.repeat(HOSTILE_LINES));
    costs.push((((await cpuOfPoll(agent)) - bare) * 1000) / HOSTILE_LINES);
  }
  await agent.close();
  const most = Math.max(...costs);
  return [
    measured("a line, the slowest kind", most, atMost(2, "ms")),
    told("that kind", `«${HOSTILE[costs.indexOf(most)]?.trim()}» over and over`),
  ];
}

/** @param bytesPerSecond by which a log grows meanwhile. */
async function measureBeside(
  name: string,
  most: { core: number; own: number },
  bytesPerSecond = 0,
): Promise<Measured[]> {
  const folder = await makeFolder();
  // What is measured is not the start after an installation.
  await (await startAgent(folder)).close();
  const agent = await startAgent(folder);
  // In a process of its own, so that the polls are on time.
  if (bytesPerSecond > 0) await runProgram("varied-log.ts", { log: logOf(folder), bytesPerSecond });
  await poll(agent);
  const cpuBefore = cpuOf(agent);
  const startedAt = performance.now();
  const pid = agent.child.pid ?? 0;
  let [own, all, known] = [0, 0, 0];
  for (let turn = 1; turn <= POLLS; turn += 1) {
    await delay(startedAt + (turn - 0.5) * POLL_EVERY_MS - performance.now());
    const written = exchange();
    await appendFile(logOf(folder), written);
    await delay(startedAt + turn * POLL_EVERY_MS - performance.now());
    const { sync } = await poll(agent);
    if (sync?.lastSuccessAt && written.includes(stamp(Date.parse(sync.lastSuccessAt)))) known += 1;
    own = Math.max(own, privateMegabytes(pid));
    all = Math.max(all, residentMegabytes(pid));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const share = (100 * (cpuOf(agent) - cpuBefore)) / seconds;
  await agent.close();
  return [
    // A quick run polls it thirty times as often.
    isQuick
      ? told(`of a core, ${name}`, `${share.toFixed(2)} %`)
      : measured(`of a core, ${name}`, share, atMost(most.core, "%")),
    measured(`its own memory, ${name}`, own, atMost(most.own, "MB")),
    measured(`with pages of Node's program, ${name}`, all, atMost(105, "MB")),
    told("last exchange known in reports", `${known} of ${POLLS}`),
  ];
}

/** Its CPU for a report, s. */
async function cpuOfPoll(agent: AgentProcess): Promise<number> {
  // Two polls within a second share a report.
  await delay(1_100);
  const before = cpuOf(agent);
  await poll(agent);
  return cpuOf(agent) - before;
}

function cpuOf({ child }: AgentProcess): number {
  return cpuSeconds(child.pid ?? 0);
}

async function poll(agent: Listening): Promise<StatusReport> {
  return (await callAgent(agent, "/v1/status")).body as StatusReport;
}

async function startAgent(folder: AgentFolder): Promise<AgentProcess> {
  const program = [...AGENT_FLAGS, join(folder.root, "agent.cjs")];
  return await startAgentProcess(BENCHMARK, folder, undefined, program);
}

function logOf({ logs }: AgentFolder): string {
  return join(logs, "pos.log");
}

function exchange(): string {
  return attemptedLine(Date.now()) + succeededLine(Date.now());
}
