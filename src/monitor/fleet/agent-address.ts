import { domainToUnicode } from "node:url";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isThisMachine, readMonitorAddress } from "../../protocol/monitor-address.ts";
import type { Settings } from "./settings.ts";

/** The address at which agents reach the monitor, as codes name it; null = nobody has said it yet. */
export function agentAddress({ publicAddress }: Pick<Settings, "publicAddress">): string | null {
  return publicAddress || null;
}

/** An address as people write it: `https://мой.дом`, not `https://xn--…`. */
export function readableAddress(address: string): string {
  const { hostname = "" } = URL.parse(address) ?? {};
  return address.replace(hostname, domainToUnicode(hostname) || hostname);
}

/** Whether agents find the monitor at an address on its own machine alone. */
export function isOnlyHere(address: string): boolean {
  return isThisMachine(URL.parse(address)?.hostname ?? "");
}

/**
 * What may be that address as long as nobody has said it: the one of the pages, or else of this request, at the agents' own
 * port if they have one. Which port a proxy has for them is known to nobody here. @returns null when agents could not use it.
 */
export function suggestAgentAddress(
  { protocol, host }: Pick<FastifyRequest, "protocol" | "host">,
  { agentListener, trustProxy }: Pick<FastifyInstance["config"], "agentListener" | "trustProxy">,
  { pagesUrl }: Pick<Settings, "pagesUrl">,
): string | null {
  const url = URL.parse(pagesUrl || `${protocol}://${host}`);
  if (!url) return null;
  if (agentListener && !trustProxy) url.port = String(agentListener.port);
  const read = readMonitorAddress(url.href);
  return "address" in read ? read.address : null;
}
