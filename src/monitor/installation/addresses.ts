import { domainToUnicode } from "node:url";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isThisMachine, readMonitorAddress } from "../../protocol/monitor-address.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "./settings.ts";

/** As people write it: `https://мой.дом`, not `https://xn--…`. */
export function readableAddress(address: string): string {
  const { hostname = "" } = URL.parse(address) ?? {};
  return address.replace(hostname, domainToUnicode(hostname) || hostname);
}

/** Whether it only works on the monitor's machine. */
export function isOnlyHere(address: string): boolean {
  return isThisMachine(URL.parse(address)?.hostname ?? "");
}

/** @param address as `https://host:port`. */
export function portOf(address: string): number {
  const { port = "", protocol = "" } = URL.parse(address) ?? {};
  return Number(port || (protocol === "https:" ? 443 : 80));
}

/** @param address as `https://host:port/path`, or empty. */
export const hasPath = (address: string) => (URL.parse(address)?.pathname ?? "/") !== "/";

/**
 * Whether the agents' address may have a path, which only a proxy takes off: none stands before a monitor that encrypts
 * what agents send itself.
 */
export function mayHavePath({
  tls,
  agentTls,
  trustProxy,
}: Pick<FastifyInstance["config"], "tls" | "agentTls" | "trustProxy">): boolean {
  return agentTls === null && (tls === null || trustProxy !== false);
}

/** null = not set, and agents could not use the address of this request. */
export async function findAgentAddress(request: FastifyRequest): Promise<string | null> {
  const { publicAddress, pagesUrl } = await readSettings(request.server.database.db);
  return publicAddress || suggestAgentAddress(request, pagesUrl);
}

/**
 * The address of the pages, or of this request, with the agents' own port if there is one and no proxy, whose port is
 * unknown.
 * @returns null when agents could not use it.
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

/** For links in messages; empty = not set. */
export async function readPagesAddress(db: Db): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(db);
  return pagesUrl || publicAddress;
}

/**
 * A link to be passed on. The `Host` of the request, which its sender may forge, counts only while no address is set. The
 * agents' own port has no pages.
 */
export async function pageLink({ server, protocol, host }: FastifyRequest, path: string): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(server.database.db);
  const address = pagesUrl || (server.config.agentListener === null && publicAddress);
  return linkAt(address || `${protocol}://${host}`, path);
}

/** @param address may end with a slash. */
export function linkAt(address: string, path: string): string {
  return `${address.replace(/\/+$/, "")}${path}`;
}
