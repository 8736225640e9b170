import type { AddressInfo } from "node:net";
import type { AgentConfig } from "./config/config.ts";
import type { AgentServer } from "./http/server.ts";
import type { Identity } from "./machine/identity.ts";
import { pairingString, urlHost } from "./pairing.ts";

export interface Listening {
  /** `https://host:port/path` as it is really bound. */
  address: string;
  /** Secret: never log or show it but to the person who pairs. */
  pairingString: string;
}

/** Makes the server ready; it listens only where the configuration names a port. */
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
