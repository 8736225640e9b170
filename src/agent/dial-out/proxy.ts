import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { parseHttpUrl } from "../../protocol/http-url.ts";
import { askSystemProxy } from "../machine/ask-host.ts";
import { hostProgram } from "../machine/service-host.ts";
import { DialOutError } from "./dial-out-error.ts";

const HERE = {
  environment: process.env,
  /** The `host:port` that the system uses for an address; empty = none. */
  async systemProxy({ href }: URL) {
    const host = hostProgram();
    return host === null ? "" : await askSystemProxy(host, href);
  },
};

/**
 * The configured proxy (`none` = no proxy), else `HTTPS_PROXY`, else that of Windows; the latter two unless `NO_PROXY` names
 * the monitor.
 * @throws DialOutError when the one found is no HTTP proxy.
 */
export async function chooseProxy(
  monitor: URL,
  configured: string | null,
  { environment, systemProxy } = HERE,
): Promise<URL | null> {
  if (configured !== null) return configured === "none" ? null : new URL(configured);
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name] || "";
  if (isExcepted(monitor.hostname, variable("NO_PROXY"))) return null;
  const proxy = variable("HTTPS_PROXY");
  if (proxy) return readFound(proxy, "HTTPS_PROXY");
  // Browsers too connect directly when the proxy script cannot be fetched.
  const found = await systemProxy(monitor).catch(() => "");
  return found ? readFound(found, "winhttp") : null;
}

function readFound(proxy: string, where: string): URL {
  const url = readProxyAddress(proxy.includes("://") ? proxy : `http://${proxy}`);
  if (url) return url;
  throw new DialOutError("proxy_unusable", "the proxy that was found is no address of an HTTP proxy", where);
}

/** Reads `http://login:password@proxy:3128`, or `https://`; null = it is no address of an HTTP proxy. */
export function readProxyAddress(text: string): URL | null {
  const url = parseHttpUrl(text);
  if (!url) return null;
  // A path comes of an unencoded password, whose beginning was taken for the port.
  return url.pathname === "/" && !url.search && !url.hash ? url : null;
}

/** @param noProxy `*`, or host names and domains separated by commas. */
function isExcepted(hostname: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .map((name) => name.replace(/^\*?\./, ""))
    .some((name) => name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`))));
}

/** Opens a tunnel through a proxy. @throws DialOutError, which never contains the proxy's password. */
export async function openTunnel(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  const login = decodeWhatIsEncoded(proxy.username);
  const credentials = Buffer.from(`${login}:${decodeWhatIsEncoded(proxy.password)}`).toString("base64");
  const options = {
    method: "CONNECT",
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    path: target,
    headers: { host: target, ...(login && { "proxy-authorization": `Basic ${credentials}` }) },
    agent: false,
    signal,
  } as const;
  const failed = (detail: string) =>
    new DialOutError("proxy_failed", `the proxy ${proxy.host} does not let through`, detail);
  const asked = proxy.protocol === "https:" ? secureRequest(options) : request(options);
  const connected = once(asked.end(), "connect") as Promise<[IncomingMessage, Socket, Buffer]>;
  const [{ statusCode }, socket, head] = await connected.catch(({ message }: Error) => {
    throw failed(message);
  });
  if (statusCode === 200 && head.length === 0) return socket;
  socket.destroy();
  throw failed(`HTTP ${statusCode}`);
}

/** People paste passwords without encoding them, so a `%` that encodes nothing stays. */
function decodeWhatIsEncoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
