import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { signUpdate } from "../../src/packaging/update-files.ts";
import type { AgentUpdate } from "../../src/protocol/agent-update.ts";
import { callAgent, sendToAgent } from "./agent.ts";
import type { AgentHost } from "./agent-host.ts";

/** Of whoever publishes the agents of a test. */
export const SIGNING_KEY = generateKeyPairSync("ed25519").privateKey;
export const OTHER_KEY = generateKeyPairSync("ed25519").privateKey;

/** `agent.cjs` of a version that takes updates by that key. */
export const bundleOf = async (version: string): Promise<Buffer> =>
  (await bundleAgent({ updateKey: createPublicKey(SIGNING_KEY), version })).code;

export function updateOf(version: string, code: string | Buffer, key: KeyObject = SIGNING_KEY): AgentUpdate {
  const { facts, compressed } = signUpdate(Buffer.from(code), version, key);
  const { manifest, signature } = facts;
  return { manifest, signature, code: compressed.toString("base64") };
}

export function sendUpdate({ agent }: Pick<AgentHost, "agent">, update: unknown, call = {}) {
  return sendToAgent(agent, "/v1/agent-updates", update, call);
}

export async function askAgent({ agent }: Pick<AgentHost, "agent">): Promise<unknown> {
  const { body } = await callAgent(agent, "/v1/status");
  return (body as { agent: unknown }).agent;
}
