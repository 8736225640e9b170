import { open, utimes } from "node:fs/promises";
import { join } from "node:path";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { makeAgentFolder } from "../helpers/agent.ts";
import { startAgentProcess } from "../helpers/agent-process.ts";
import { stamp } from "../helpers/log-folder.ts";
import { received } from "../helpers/outcomes.ts";
import { findFreePort } from "../helpers/program.ts";
import type { FilledPosServer } from "./fill-database.ts";
import { BENCHMARK } from "./program.ts";

const AGENT = join(import.meta.dirname, "../../src/agent/main.ts");
const MEGABYTE = 1024 * 1024;
const LINE_MS = 37;

/** A real agent in a process of its own, over so many logs, and its POS server for a registry. */
export async function startAgentWithLogs(logs: { files: number; megabytes: number }, flags: string[] = []) {
  const settings = { port: await findFreePort(), utcOffsetMinutes: 0, crmId: { value: "100000" } };
  const folder = await makeAgentFolder(BENCHMARK, settings);
  const paths = await writeLogFiles(folder.logs, logs);
  const agent = await startAgentProcess(BENCHMARK, folder, undefined, [...flags, AGENT]);
  const pairing = parsePairingString(agent.pairingString);
  if (!pairing) throw new Error("the agent has no pairing string");
  const { posServerId: identity, ...called } = pairing;
  const outcomes = [received(Date.now())];
  const posServer: FilledPosServer = { organization: 0, name: "Agent", outcomes, identity, ...called };
  return { pid: agent.child.pid ?? 0, paths, posServer };
}

/** Writes log files whose lines are as alike, and as different, as those of a service. @returns their paths. */
async function writeLogFiles(folder: string, { files, megabytes }: { files: number; megabytes: number }) {
  const paths: string[] = [];
  for (let file = 0; file < files; file++) {
    const path = join(folder, `sync-${String(file).padStart(3, "0")}.log`);
    const handle = await open(path, "w");
    for (let part = 0; part < megabytes; part++) await handle.appendFile(linesOf(file, part));
    await handle.close();
    const modifiedAt = new Date(Date.now() - (file + 1) * 1_000);
    await utimes(path, modifiedAt, modifiedAt);
    paths.push(path);
  }
  return paths;
}

function linesOf(file: number, part: number): Buffer {
  const text: string[] = [];
  let random = file * 7919 + part * 104_729 + 1;
  let length = 0;
  for (let at = Date.now() - 3_600_000; length < MEGABYTE; at += LINE_MS) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const said = `Касса ${random % 9}: гость ${random}, баланс ${(random % 100_000) / 100}`;
    const line = `${stamp(at)} DEBUG [${random % 64}] — ${said}\n`;
    text.push(line);
    length += line.length;
  }
  return Buffer.from(text.join("")).subarray(0, MEGABYTE);
}
