import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { DialOutError } from "./dial-out-error.ts";

type Environment = Record<string, string | undefined>;

/**
 * Chooses the HTTP proxy on the way to the monitor: the configured one, or that of the environment (`HTTPS_PROXY`), unless
 * `NO_PROXY` excepts the monitor.
 * @param configured an address, `none`, or null where the environment decides.
 * @throws DialOutError when the environment's is no address of an HTTP proxy.
 */
export function chooseProxy(
  monitor: URL,
  configured: string | null,
  environment: Environment = process.env,
): URL | null {
  if (configured !== null) return configured === "none" ? null : new URL(configured);
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name] || "";
  const proxy = variable("HTTPS_PROXY");
  if (!proxy || isExcepted(monitor.hostname, variable("NO_PROXY"))) return null;
  const url = readProxyAddress(proxy.includes("://") ? proxy : `http://${proxy}`);
  if (url) return url;
  const problem = "the proxy of the environment is no address of an HTTP proxy";
  throw new DialOutError("proxy_unusable", problem, "HTTPS_PROXY");
}

/** Reads `http://login:password@proxy:3128`, or `https://`; null = it is no address of an HTTP proxy. */
export function readProxyAddress(text: string): URL | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  // With a path it is a password that was not encoded, and its beginning was taken for the port.
  return url.pathname === "/" && !url.search && !url.hash ? url : null;
}

/** `*`, or names that a host has or ends with, with commas between them. */
function isExcepted(hostname: string, noProxy: string): boolean {
  return noProxy
    .split(",")
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ""),
    )
    .some((name) => name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`))));
}

/**
 * Has a proxy connect to a host.
 * @returns what stands in the place of a socket to it.
 * @throws DialOutError, which never tells the proxy's password.
 */
export function openTunnel(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
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
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = proxy.protocol === "https:" ? secureRequest(options) : request(options);
    asked.once("connect", ({ statusCode }: IncomingMessage, socket: Socket, head: Buffer) => {
      if (statusCode === 200 && head.length === 0) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(failed(`HTTP ${statusCode}`));
    });
    asked.once("response", ({ statusCode }: IncomingMessage) => {
      asked.destroy();
      reject(failed(`HTTP ${statusCode}`));
    });
    asked.once("error", ({ message }) => reject(failed(message)));
    asked.end();
  });
}

/** A `%` that begins no character is meant as it is: people copy passwords into an address without encoding them. */
function decodeWhatIsEncoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
