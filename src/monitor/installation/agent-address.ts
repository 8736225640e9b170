import { domainToUnicode } from "node:url";
import type { FastifyRequest } from "fastify";
import { isThisMachine, readMonitorAddress } from "../../protocol/monitor-address.ts";
import { readSettings } from "./settings.ts";

/** An address as people write it: `https://мой.дом`, not `https://xn--…`. */
export function readableAddress(address: string): string {
  const { hostname = "" } = URL.parse(address) ?? {};
  return address.replace(hostname, domainToUnicode(hostname) || hostname);
}

/** Whether agents find the monitor at an address on its own machine alone. */
export function isOnlyHere(address: string): boolean {
  return isThisMachine(URL.parse(address)?.hostname ?? "");
}

/** Where the agents find this monitor; null = nobody has said it, and agents could not come the way of this browser. */
export async function findAgentAddress(request: FastifyRequest): Promise<string | null> {
  const { publicAddress, pagesUrl } = await readSettings(request.server.database.db);
  return publicAddress || suggestAgentAddress(request, pagesUrl);
}

/**
 * What may be that address as long as nobody has said it: the one of the pages, or else of this request, at the agents' own
 * port if they have one. Which port a proxy has for them is known to nobody here. @returns null when agents could not use it.
 */
export function suggestAgentAddress(
  { protocol, host, server }: FastifyRequest,
  pagesUrl = "",
): string | null {
  const { agentListener, trustProxy } = server.config;
  const url = URL.parse(pagesUrl || `${protocol}://${host}`);
  if (!url) return null;
  if (agentListener && !trustProxy) url.port = String(agentListener.port);
  const read = readMonitorAddress(url.href);
  return "address" in read ? read.address : null;
}
