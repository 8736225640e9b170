import { isIP } from "node:net";
import { parseHttpUrl } from "./http-url.ts";

/** `superfluous`: it has a login, a query or a fragment. */
export type MonitorAddressProblem = "malformed" | "superfluous" | "without_tls";

/** `http://` is allowed only for this machine. @returns the address without a trailing slash, or the problem. */
export function readMonitorAddress(text: string): { address: string } | { problem: MonitorAddressProblem } {
  const url = parseHttpUrl(text);
  if (!url) return { problem: "malformed" };
  if (url.username || url.password || url.search || url.hash) return { problem: "superfluous" };
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) return { problem: "without_tls" };
  return { address: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}

/** Where this machine reaches what listens at an address: at all of them, or at this one. */
export function addressFromHere(host: string): string {
  return { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
}

export function isThisMachine(hostname: string): boolean {
  if (["localhost", "[::1]", "::1"].includes(hostname)) return true;
  return isIP(hostname) === 4 && hostname.startsWith("127.");
}
