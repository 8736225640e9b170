import { randomBytes } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { WantedLog } from "../../src/protocol/logs.ts";
import { type AgentFolder, jsonCall, type ListeningAgent, openCall, sendToAgent } from "./agent.ts";
import { attemptedLine, succeededLine } from "./log-folder.ts";
import { readArchive } from "./zip-contents.ts";

export { type ArchivedFile, readArchive } from "./zip-contents.ts";

/** Three times what the buffers of a connection hold: it is still being read while nobody takes its archive. */
export const LONG_LOG = randomBytes(12 * 1024 * 1024);

/** Adds `long.log`, which an agent has no reason to read on its own: a later log tells how the exchange goes. */
export async function writeLongLog({ logs }: AgentFolder): Promise<void> {
  await writeFile(join(logs, "long.log"), LONG_LOG);
  await utimes(join(logs, "long.log"), 1, 1);
  await writeFile(join(logs, "exchange.log"), attemptedLine(Date.now()) + succeededLine(Date.now()));
}

export const named = (names: string[]): WantedLog[] => names.map((name) => ({ name }));

/** Orders an archive from an agent and takes nothing of the answer's body yet. */
export async function orderArchive(agent: ListeningAgent, files: WantedLog[]): Promise<IncomingMessage> {
  return await openCall(agent, "/v1/log-archives", jsonCall({ files }));
}

export const orderRefused = (agent: ListeningAgent, body: unknown) =>
  sendToAgent(agent, "/v1/log-archives", body);

export const takeBody = async (answer: IncomingMessage) => Buffer.concat(await answer.toArray());

export const fetchArchive = async (agent: ListeningAgent, files: WantedLog[]) =>
  readArchive(await takeBody(await orderArchive(agent, files)));
