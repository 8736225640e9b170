/** `npm run bench agent`: what an idle agent costs the POS server beside it, also where the log grows fast or is made to hurt. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { startAgentProcess } from "../helpers/agent-process.ts";
import type { Owner } from "../helpers/owner.ts";
import { findFreePort } from "../helpers/program.ts";
import { privateMegabytes, residentMegabytes } from "./memory.ts";
import { AGENT_FLAGS } from "./program.ts";
import { atMost, type Measured, printReport, told } from "./report.ts";

const POLL_EVERY_MS = 60_000;
const POLLS = 3;
const GROWS_BY_BYTES_PER_SECOND = 1_000_000;
const CLOCK_TICKS_PER_SECOND = 100;

/** As restaurants have it, in one file. */
const { code } = await bundleAgent();

interface Case {
  name: string;
  /** What is written into the log all the time, besides an exchange a minute. */
  line: string | null;
  /** How often it looks at what an exchange needs. */
  checksEverySeconds: number;
  target: number | null;
}

const GUESTS = " INFO [ 1] [GuestFinder:Find:59] - Гость найден, баланс 1200.50, запрос выполнен за 12 мс";
const IDLE = { checksEverySeconds: 3600, target: 0.3 };
const LOOKING = { checksEverySeconds: 60, target: 0.5 };
const CASES: Case[] = [
  { name: "quiet log", line: null, ...IDLE },
  { name: "log that grows by 1 MB/s", line: GUESTS, ...IDLE },
  { name: "the same, looking at checks every 60 s", line: GUESTS, ...LOOKING },
  {
    ...LOOKING,
    target: null,
    name: "the same in English, «sync» in each line",
    line: " INFO [12] [SyncWorker:Find:59] - Guest wallet loaded, balance 1200.50, 12 ms",
  },
  {
    ...LOOKING,
    target: null,
    name: "the same, lines made to hurt",
    line: ` INFO [ 1] - ${"error sync ".repeat(360)}`,
  },
];

for (const one of CASES) printReport(`Agent, polled every 60 s, ${one.name}`, await measure(one));

async function measure({ line, checksEverySeconds: everySeconds, target }: Case): Promise<Measured[]> {
  const closing: (() => unknown)[] = [];
  const owner: Owner = { teardown: (close) => void closing.push(close) };
  const folder = await makeAgentFolder(owner, {
    port: await findFreePort(),
    utcOffsetMinutes: 0,
    checks: { everySeconds },
  });
  const log = join(folder.logs, "pos.log");
  await appendFile(log, exchange());
  const program = join(folder.root, "agent.cjs");
  await writeFile(program, code);
  const agent = await startAgentProcess(owner, folder, undefined, [...AGENT_FLAGS, program]);
  const pid = agent.child.pid ?? 0;
  const writer = line === null ? null : startWriter(log, line);
  try {
    await callAgent(agent, "/v1/status");
    const cpuBefore = cpuSeconds(pid);
    const startedAt = performance.now();
    let longestMs = 0;
    let most = 0;
    let mostOfAll = 0;
    let known = 0;
    for (let poll = 1; poll <= POLLS; poll += 1) {
      await delay(startedAt + (poll - 0.5) * POLL_EVERY_MS - performance.now());
      await appendFile(log, exchange());
      await delay(startedAt + poll * POLL_EVERY_MS - performance.now());
      const askedAt = performance.now();
      const { body } = await callAgent(agent, "/v1/status");
      longestMs = Math.max(longestMs, performance.now() - askedAt);
      if ((body as { sync?: { lastSuccessAt: string | null } }).sync?.lastSuccessAt) known += 1;
      most = Math.max(most, privateMegabytes(pid));
      mostOfAll = Math.max(mostOfAll, residentMegabytes(pid));
    }
    const share = (100 * (cpuSeconds(pid) - cpuBefore)) / ((performance.now() - startedAt) / 1000);
    return [
      target === null
        ? told("of a core", `${share.toFixed(2)} %`)
        : atMost("of a core", share, target, "%", 2),
      atMost("memory of its own", most, 80, "MB"),
      told("with pages of Node's program", `${mostOfAll.toFixed(0)} MB`),
      told("longest report", `${longestMs.toFixed(0)} ms`),
      told("exchange known in reports", `${known} of ${POLLS}`),
      told("log at the end", `${((await readFile(log)).length / 1e6).toFixed(0)} MB`),
    ];
  } finally {
    writer?.kill();
    await agent.close();
    for (const close of closing) await close();
  }
}

function exchange(): string {
  const stamp = new Date().toISOString().slice(0, 23).replace("T", " ").replace(".", ",");
  return `[${stamp}]  INFO [ 1] - Exchange started\n[${stamp}]  INFO [ 1] - Exchange finished in 00:00:02\n`;
}

/** In a process of its own, so that the polls are on time. */
function startWriter(log: string, line: string): ChildProcess {
  const program = `
    const { appendFileSync } = require("node:fs");
    const [log, line, bytes] = process.argv.slice(1);
    setInterval(() => {
      const stamp = new Date().toISOString().slice(0, 23).replace("T", " ").replace(".", ",");
      const entry = "[" + stamp + "] " + line + "\\n";
      appendFileSync(log, entry.repeat(Math.ceil(bytes / 10 / Buffer.byteLength(entry))));
    }, 100);`;
  const args = ["-e", program, log, line, String(GROWS_BY_BYTES_PER_SECOND)];
  return spawn(process.execPath, args, { stdio: "inherit" });
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
