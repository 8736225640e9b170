import type { FastifyInstance, FastifyRequest } from "fastify";
import { readMonitorAddress } from "../../../protocol/monitor-address.ts";

/**
 * What may be the address that agents use: the one of this request, at their own port if they have one. Which port a proxy
 * has for them is known to nobody here. @returns an empty text when they could not use it.
 */
export function suggestAddress(
  { protocol, host }: Pick<FastifyRequest, "protocol" | "host">,
  { agentListener, trustProxy }: Pick<FastifyInstance["config"], "agentListener" | "trustProxy">,
): string {
  const url = URL.parse(`${protocol}://${host}`);
  if (!url) return "";
  if (agentListener && !trustProxy) url.port = String(agentListener.port);
  const read = readMonitorAddress(url.origin);
  return "address" in read ? read.address : "";
}
