import { hostname } from "node:os";
import { formatPairingString } from "../protocol/pairing-string.ts";
import type { AgentConfig } from "./config/config.ts";
import type { Identity } from "./machine/identity.ts";

const ANY_ADDRESSES = ["0.0.0.0", "::"];

/** Whether it listens on every address, so that none of them is the one to reach it by. */
export function listensEverywhere({ host }: Pick<AgentConfig, "host">): boolean {
  return ANY_ADDRESSES.includes(host);
}

/** Writes the pairing string for the address under which the monitor reaches the agent. */
export function pairingString(
  config: Pick<AgentConfig, "host" | "pathPrefix" | "publicAddress">,
  identity: Identity,
  port: number,
): string {
  const host = config.publicAddress ?? urlHost(listensEverywhere(config) ? hostname() : config.host);
  const hostAndPort = /:\d+$/.test(host) ? host : `${host}:${port}`;
  const { posServerId, token, fingerprint } = identity;
  return formatPairingString({
    address: `https://${hostAndPort}${config.pathPrefix}`,
    posServerId,
    token,
    fingerprint,
  });
}

/** `host` as an address has it. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
