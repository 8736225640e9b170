import { createPublicKey, type KeyObject } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import type { Test } from "tap";
import { signUpdate, updateFiles } from "../../src/packaging/update-files.ts";
import {
  AGENT_PACKAGES_FOLDER,
  type AgentUpdate,
  isCodeOf,
  type UpdateFacts,
  updateKeyId,
  verifyManifest,
} from "../../src/protocol/agent-update.ts";
import { listenHttp, sendJson, sendRefusal } from "./listen.ts";
import { reportAt } from "./outcomes.ts";

/** Puts an update of agents where the monitor of a data folder looks for it. @returns what is said of it. */
export async function offerUpdate(
  dataDir: string,
  key: KeyObject,
  version: string,
  code: string | Buffer = `/* agent ${version} */`,
): Promise<UpdateFacts> {
  const folder = join(dataDir, AGENT_PACKAGES_FOLDER);
  const update = signUpdate(Buffer.from(code), version, key);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of updateFiles(update)) writeFileSync(join(folder, name), content);
  return update.facts;
}

export interface UpdatableAgent {
  address: string;
  version: string;
  rejected: string | null;
  /** What becomes of the next update; `refuses`: with this status and error. */
  next: "works" | "goes back" | "is not seen again" | { status: number; error: string };
  /** The versions that it was sent, the newest last. */
  sent: string[];
}

/** Many agents over HTTP at one port, which check what they are sent. @param now ms UTC. */
export async function startUpdatableAgents(t: Test, key: KeyObject, now: () => number) {
  const publicKey = createPublicKey(key);
  const agents: UpdatableAgent[] = [];

  const url = await listenHttp(t, async (request, response) => {
    const [, name = "", call = ""] = /^\/(\d+)(\/v1\/[\w-]+)$/.exec(request.url ?? "") ?? [];
    const agent = agents[Number(name)];
    if (agent && call === "/v1/status")
      return sendJson(response, 200, reportAt(now(), { agent: factsOf(agent) }));
    if (agent && call === "/v1/agent-updates") return take(agent, await json(request), response);
    sendRefusal(response, 404, "not_found");
  });

  function factsOf({ version, rejected }: UpdatableAgent) {
    return { version, platform: "win32-x64", updates: { key: updateKeyId(publicKey), rejected } };
  }

  function take(agent: UpdatableAgent, sent: unknown, response: ServerResponse) {
    const update = sent as AgentUpdate;
    const said = verifyManifest(update, publicKey);
    if (!said || !isCodeOf(said, gunzipSync(Buffer.from(update.code, "base64"))))
      return sendRefusal(response, 400, "invalid_signature");
    agent.sent.push(said.version);
    const { next } = agent;
    if (typeof next === "object") return sendRefusal(response, next.status, next.error, "no");
    if (next === "works") agent.version = said.version;
    if (next === "goes back") agent.rejected = said.version;
    sendJson(response, 202, { version: said.version });
  }

  return {
    agents,
    add(version = "0.2.0"): UpdatableAgent {
      const address = `${url}/${agents.length}`;
      const agent: UpdatableAgent = { address, version, rejected: null, next: "works", sent: [] };
      agents.push(agent);
      return agent;
    },
  };
}
