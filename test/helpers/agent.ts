import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { type RunningAgent, startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import type { AgentLogger } from "../../src/agent/http/server.ts";
import { type Listening, pairingString } from "../../src/agent/listening.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

export type AgentFolder = Awaited<ReturnType<typeof makeAgentFolder>>;

/** Makes the folder of a POS server with a log folder, a version and a database, and an agent's `agent.json`. */
export async function makeAgentFolder(t: Owner, settings: Record<string, unknown> = {}) {
  const root = makeFolder(t);
  await mkdir(join(root, "Logs"));
  const files = {
    "version.txt": "34.2.117.0\n",
    "pos.db": "x".repeat(1000),
    "pos.db-wal": "x".repeat(24),
    "settings.xml": "no database",
    "service-state.txt": "running since 2026-11-20T05:00:11.000Z\n",
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
  const commands = { status: ["cat", join(root, "service-state.txt")] };
  const config: Record<string, unknown> = {
    host: "127.0.0.1",
    port: 0,
    stateDirectory: join(root, "state"),
    dataDirectory: root,
    utcOffsetMinutes: 180,
    crmId: { value: "100237" },
    version: { file: join(root, "version.txt") },
    service: { names: ["sample"], control: "commands", commands },
    ...settings,
  };
  await writeFile(join(root, "agent.json"), JSON.stringify(config));
  return { root, logs: join(root, "Logs"), config };
}

/** How an agent with a port is reached, once it has an identity. */
export async function reachAgent({ root }: Pick<AgentFolder, "root">): Promise<Listening> {
  const config = await readAgentConfig(join(root, "agent.json"));
  const port = config.port ?? 0;
  const identity = await loadIdentity(config.stateDirectory);
  return { address: `https://127.0.0.1:${port}`, pairingString: pairingString(config, identity, port) };
}

export interface ListeningAgent extends Listening {
  close(): Promise<void>;
}

export async function startTestAgent(t: Owner, { root }: AgentFolder, logger: AgentLogger = false) {
  const agent = await startAgent(await readAgentConfig(join(root, "agent.json")), { logger });
  t.teardown(() => agent.close());
  return listeningAgent(agent);
}

/** An agent that was told to listen. */
export function listeningAgent({ listening, close }: RunningAgent): ListeningAgent {
  if (!listening) throw new Error("The agent does not listen");
  return { ...listening, close };
}

interface AgentCall {
  /** Default: the right one; null = none at all. */
  authorization?: string | null;
  connections?: Agent;
  method?: string;
  headers?: Record<string, string>;
  content?: string;
}

export type AgentAnswer = Awaited<ReturnType<typeof callAgent>>;

/** Calls an agent over TLS as its pairing string says. */
export async function callAgent(agent: Listening, path: string, call: AgentCall = {}) {
  const answer = await openCall(agent, path, call);
  const socket = answer.socket as TLSSocket;
  const fingerprint = socket.getPeerCertificate().fingerprint256 ?? "";
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: JSON.parse((await answer.toArray()).join("")) as unknown,
    fingerprint: `sha256:${fingerprint.replaceAll(":", "").toLowerCase()}`,
    isSessionReused: socket.isSessionReused(),
  };
}

/** The same call, of whose answer nothing has been read yet but its headers. */
export async function openCall(
  { address, pairingString }: Listening,
  path: string,
  { connections = new Agent(), headers, method = "GET", content, ...call }: AgentCall,
): Promise<IncomingMessage> {
  const { authorization = `Bearer ${parsePairingString(pairingString)?.token}` } = call;
  const outgoing = request(address + path, {
    method,
    rejectUnauthorized: false,
    agent: connections,
    headers: { ...headers, ...(authorization !== null && { authorization }) },
  });
  outgoing.on("error", () => undefined); // also after an answer that came before the end of the content
  outgoing.end(content);
  const [answer]: IncomingMessage[] = await once(outgoing, "response");
  if (!answer) throw new Error("no answer");
  return answer;
}

/** Sends JSON to an agent, by POST unless told. */
export function sendToAgent(agent: Listening, path: string, body: unknown, call: AgentCall = {}) {
  return callAgent(agent, path, jsonCall(body, call));
}

export function jsonCall(body: unknown, call: AgentCall = {}): AgentCall {
  const headers = { "content-type": "application/json", ...call.headers };
  return { method: "POST", content: JSON.stringify(body), ...call, headers };
}
