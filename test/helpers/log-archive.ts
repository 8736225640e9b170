import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { utimes, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import type { WantedLog } from "../../src/protocol/logs.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { type AgentAnswer, type AgentFolder, type ListeningAgent, sendToAgent } from "./agent.ts";
import { attemptedLine, succeededLine } from "./log-folder.ts";
import { type ArchivedFile, readArchive } from "./zip-contents.ts";

export { type ArchivedFile, readArchive } from "./zip-contents.ts";

/** Three times what the buffers of a connection hold: it is still being read while nobody takes its archive. */
export const LONG_LOG = randomBytes(12 * 1024 * 1024);

/** Adds `long.log`, which an agent has no reason to read on its own: a later log tells how the exchange goes. */
export async function writeLongLog({ logs }: AgentFolder): Promise<void> {
  await writeFile(join(logs, "long.log"), LONG_LOG);
  await utimes(join(logs, "long.log"), 1, 1);
  await writeFile(join(logs, "exchange.log"), attemptedLine(Date.now()) + succeededLine(Date.now()));
}

/** Logs of these names, whole. */
export const named = (names: string[]): WantedLog[] => names.map((name) => ({ name }));

/** Orders an archive from an agent and takes nothing of the answer's body yet. */
export async function orderArchive(agent: ListeningAgent, files: WantedLog[]): Promise<IncomingMessage> {
  const outgoing = request(`${agent.address}/v1/log-archives`, {
    method: "POST",
    rejectUnauthorized: false,
    agent: new Agent(),
    headers: {
      authorization: `Bearer ${parsePairingString(agent.pairingString)?.token}`,
      "content-type": "application/json",
    },
  });
  outgoing.end(JSON.stringify({ files }));
  const [answer]: IncomingMessage[] = await once(outgoing, "response");
  if (!answer) throw new Error("no answer");
  return answer;
}

/** An order that is expected to be refused. */
export function orderRefused(agent: ListeningAgent, body: unknown): Promise<AgentAnswer> {
  return sendToAgent(agent, "/v1/log-archives", body);
}

export async function takeBody(answer: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await answer.toArray());
}

export async function fetchArchive(
  agent: ListeningAgent,
  files: WantedLog[],
): Promise<Map<string, ArchivedFile>> {
  return readArchive(await takeBody(await orderArchive(agent, files)));
}
