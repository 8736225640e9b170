import { isIP } from "node:net";

/** `superfluous`: it has a login, a query or a fragment. */
export type MonitorAddressProblem = "malformed" | "superfluous" | "without_tls";

/** `http://` is allowed only for this machine. @returns the address without a trailing slash, or the problem. */
export function readMonitorAddress(text: string): { address: string } | { problem: MonitorAddressProblem } {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (!url) return { problem: "malformed" };
  if (url.username || url.password || url.search || url.hash) return { problem: "superfluous" };
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) return { problem: "without_tls" };
  return { address: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}

export function isThisMachine(hostname: string): boolean {
  if (hostname === "localhost" || hostname === "[::1]") return true;
  return isIP(hostname) === 4 && hostname.startsWith("127.");
}
