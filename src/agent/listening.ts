import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { formatPairingString } from "../protocol/pairing-string.ts";
import type { AgentConfig } from "./config/config.ts";
import type { AgentServer } from "./http/server.ts";
import type { Identity } from "./machine/identity.ts";

const ANY_ADDRESSES = ["0.0.0.0", "::"];

export interface Listening {
  /** As it is really bound: `https://host:port/path`. */
  address: string;
  /** Secret: show it only to the person who pairs; never log it. */
  pairingString: string;
}

/** Makes the server ready; it listens only if the configuration names a port. */
export async function listen(
  server: AgentServer,
  config: AgentConfig,
  identity: Identity,
): Promise<Listening | null> {
  const { host, port: wantedPort, pathPrefix } = config;
  try {
    if (wantedPort === null) await server.ready();
    else await server.listen({ host, port: wantedPort });
  } catch (error) {
    await server.close();
    throw error;
  }
  if (wantedPort === null) return null;
  const { port } = server.server.address() as AddressInfo;
  return {
    address: `https://${urlHost(host)}:${port}${pathPrefix}`,
    pairingString: pairingString(config, identity, port),
  };
}

/** Then no single address of the configuration is the one to reach it by. */
export function listensEverywhere({ host }: Pick<AgentConfig, "host">): boolean {
  return ANY_ADDRESSES.includes(host);
}

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

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
