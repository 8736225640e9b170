import { mkdir, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { type RunningAgent, startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import type { AgentLogger } from "../../src/agent/http/server.ts";
import type { Listening } from "../../src/agent/listening.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

export interface AgentFolder {
  root: string;
  logs: string;
  /** Content of the configuration file `agent.json`. */
  config: Record<string, unknown>;
}

/** Makes the folder of a POS server with a log folder, a version and a database, and an agent's configuration. */
export async function makeAgentFolder(
  t: Owner,
  settings: Record<string, unknown> = {},
): Promise<AgentFolder> {
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
  const config = {
    host: "127.0.0.1",
    port: 0,
    stateDirectory: join(root, "state"),
    dataDirectory: root,
    utcOffsetMinutes: 180,
    crmId: { value: "100237" },
    version: { file: join(root, "version.txt") },
    service: {
      names: ["sample"],
      control: "commands",
      commands: { status: ["cat", join(root, "service-state.txt")] },
    },
    ...settings,
  };
  await writeFile(join(root, "agent.json"), JSON.stringify(config));
  return { root, logs: join(root, "Logs"), config };
}

export interface ListeningAgent extends Listening {
  close(): Promise<void>;
}

export async function startTestAgent(
  t: Owner,
  folder: AgentFolder,
  logger: AgentLogger = false,
): Promise<ListeningAgent> {
  const agent = await startAgent(await readAgentConfig(join(folder.root, "agent.json")), { logger });
  t.teardown(() => agent.close());
  return listeningAgent(agent);
}

/** An agent that was told to listen. */
export function listeningAgent({ listening, close }: RunningAgent): ListeningAgent {
  if (!listening) throw new Error("The agent does not listen");
  return { ...listening, close };
}

export interface AgentAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: unknown;
  fingerprint: string;
  isSessionReused: boolean;
}

export interface AgentCall {
  /** Default: the right one; null = none at all. */
  authorization?: string | null;
  connections?: Agent;
  method?: string;
  headers?: Record<string, string>;
  content?: string;
}

/** Calls an agent over TLS as its pairing string says. */
export function callAgent(agent: Listening, path: string, call: AgentCall = {}): Promise<AgentAnswer> {
  const pairing = parsePairingString(agent.pairingString);
  const authorization = call.authorization === undefined ? `Bearer ${pairing?.token}` : call.authorization;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${agent.address}${path}`,
      {
        method: call.method ?? "GET",
        rejectUnauthorized: false,
        agent: call.connections ?? new Agent(),
        headers: { ...call.headers, ...(authorization === null ? {} : { authorization }) },
      },
      async (answer) => {
        const socket = answer.socket as TLSSocket;
        const fingerprint = socket.getPeerCertificate().fingerprint256 ?? "";
        try {
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: JSON.parse((await answer.toArray()).join("")),
            fingerprint: `sha256:${fingerprint.replaceAll(":", "").toLowerCase()}`,
            isSessionReused: socket.isSessionReused(),
          });
        } catch (error) {
          reject(error);
        }
      },
    );
    outgoing.on("error", reject);
    outgoing.end(call.content);
  });
}

/** Sends JSON to an agent, by POST unless told. */
export function sendToAgent(agent: Listening, path: string, body: unknown, call: AgentCall = {}) {
  const headers = { "content-type": "application/json", ...call.headers };
  return callAgent(agent, path, { method: "POST", content: JSON.stringify(body), ...call, headers });
}
