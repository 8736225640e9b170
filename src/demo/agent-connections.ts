import { randomBytes } from "node:crypto";
import type { PosServerConnection } from "../monitor/registry/registry.ts";
import { parsePairingString } from "../protocol/pairing-string.ts";
import { type DemoPosServer, POS_SERVERS } from "./chain.ts";

const TOKEN_BYTES = 32;

/** How an administrator would have told the monitor to reach each agent, by slug; secrets. */
export type AgentConnections = ReadonlyMap<string, PosServerConnection>;

/** @param pairingStrings of the agents, by slug. @param unopenedPort where an agent will be. */
export function createAgentConnections(
  pairingStrings: ReadonlyMap<string, string>,
  unopenedPort: number,
): AgentConnections {
  const unopened: PosServerConnection = {
    connection: "direct",
    address: `https://127.0.0.1:${unopenedPort}`,
    token: null,
    fingerprint: null,
    identity: null,
  };
  return new Map(
    POS_SERVERS.map((posServer) => {
      const isOpened = posServer.scenario !== "not_opened";
      return [posServer.slug, isOpened ? pairedConnection(posServer, pairingStrings) : unopened];
    }),
  );
}

function pairedConnection(
  { slug, scenario }: DemoPosServer,
  pairingStrings: ReadonlyMap<string, string>,
): PosServerConnection {
  const pairing = parsePairingString(pairingStrings.get(slug) ?? "");
  if (!pairing) throw new Error(`The agent of ${slug} gave no pairing string`);
  const { address, fingerprint, posServerId: identity } = pairing;
  const token = scenario === "token_changed" ? randomBytes(TOKEN_BYTES).toString("base64url") : pairing.token;
  return { connection: "direct", address, fingerprint, identity, token };
}
