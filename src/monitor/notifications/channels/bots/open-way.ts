import { Agent, buildConnector, Client, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from "undici";
import { lookupAllowed, requireCallable } from "../callable-host.ts";
import { trustIn } from "../trust.ts";
import { BotCallError } from "./call-error.ts";
import type { BotLimits } from "./limits.ts";
import { nameConnectError, nameProxyError } from "./name-call-error.ts";

/**
 * Makes the way to a Bot API for one call: directly or by a proxy, never to an address that may not be called. What it opens is closed
 * once the signal aborts.
 * @param proxy `http://…`, `https://…` or `socks5://…`; empty = none. It finds the address of the other side itself.
 * @throws Error that `nameCallError` knows, when the proxy is none, or the address is one that may not be called.
 */
export function openWay(
  baseUrl: string,
  proxy: string,
  { connectTimeoutMs, authorities }: BotLimits,
  signal: AbortSignal,
): Dispatcher {
  requireCallable(new URL(baseUrl).hostname);
  const tls = { secureContext: trustIn(authorities), timeout: connectTimeoutMs, allowH2: false };
  const connection = { ...tls, lookup: lookupAllowed, signal };
  // The time of the whole call is kept by whoever makes it.
  const patience = { headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === "")
    return new Agent({ ...patience, pipelining: 0, connect: connectBy(connection, nameConnectError) });

  const uri = readProxy(proxy);
  const connect = connectBy(connection, nameProxyError);
  if (uri.protocol === "socks5:")
    return new Socks5ProxyAgent(uri, { connect, connectTimeout: connectTimeoutMs, requestTls: tls });
  return new ProxyAgent({
    ...patience,
    uri: uri.href,
    requestTls: tls,
    proxyTunnel: true,
    clientFactory: ({ origin }) => new Client(origin, { connect, headersTimeout: connectTimeoutMs }),
  });
}

function readProxy(proxy: string): URL {
  const uri = URL.parse(proxy);
  const isKnown = uri !== null && /^(?:https?|socks5):$/.test(uri.protocol) && uri.hostname !== "";
  if (isKnown && isEncoded(uri.username + uri.password)) return uri;
  throw new BotCallError("proxy", "not the address of a proxy");
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Connects to allowed addresses only, and names what fails. */
function connectBy(
  options: buildConnector.BuildOptions,
  nameError: (error: Error) => BotCallError,
): buildConnector.connector {
  const connect = buildConnector(options);
  return ({ hostname, ...rest }, callback) => {
    try {
      requireCallable(hostname);
    } catch (error) {
      // Not at once: undici does not expect its connector to call back before it returns.
      queueMicrotask(() => callback(nameError(error as Error), null));
      return;
    }
    connect({ ...rest, hostname: hostname.replace(/^\[|\]$/g, "") }, (...[error, socket]) =>
      error ? callback(nameError(error), null) : callback(null, socket),
    );
  };
}
