import { createSecureContext, type SecureContext } from "node:tls";
import { Agent, buildConnector, Client, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from "undici";
import { systemAuthorities } from "../../protocol/system-authorities.ts";
import { lookupCallable, requireCallable } from "./allowed-address.ts";
import { networkText } from "./failure.ts";

const MAX_HEADER_BYTES = 16 * 1024;

/** By which way to call. */
export interface Way {
  /** `http://…`, `https://…` or `socks5://…`, with login and password if it wants them; empty = none. */
  proxy?: string | undefined;
  /** PEM, instead of the authorities of the system. */
  authorities?: string | undefined;
}

interface Connecting {
  connectTimeoutMs: number;
  /** Closes what was opened. */
  signal: AbortSignal;
  /** Notified the address of the other side when a connection stands that leads to it directly. */
  onConnect: (address: string) => void;
}

/**
 * Makes the way for one call: directly or by a proxy, never to an address that may not be called. What it opens is closed once the signal
 * aborts. A proxy finds the address of the other side itself, and has the time again for each step of its own.
 * @throws Error when an address is none, or one that may not be called.
 */
export function openWay(
  url: URL,
  { proxy = "", authorities = "" }: Way,
  { connectTimeoutMs, signal, onConnect }: Connecting,
): Dispatcher {
  requireCallable(url.hostname);
  const isSecure = [url.href, proxy].some((address) => address.startsWith("https:"));
  const trust = isSecure ? { secureContext: trustIn(authorities) } : {};
  const tls = { ...trust, timeout: connectTimeoutMs, allowH2: false };
  const connection = { ...tls, lookup: lookupCallable, signal };
  // The time of the whole call is kept by whoever makes it.
  const patience = { headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === "")
    return new Agent({
      ...patience,
      pipelining: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      connect: connectBy(connection, "", onConnect),
    });

  const uri = new URL(proxy);
  const connect = connectBy(connection, "the proxy cannot be reached: ");
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

/** Connects to allowed addresses only. @param prefix of what fails. */
function connectBy(
  options: buildConnector.BuildOptions,
  prefix: string,
  onConnect?: (address: string) => void,
): buildConnector.connector {
  const connect = buildConnector(options);
  const named = (error: Error) => (prefix === "" ? error : new Error(prefix + networkText(error)));
  return ({ hostname, ...rest }, callback) => {
    try {
      requireCallable(hostname);
    } catch (error) {
      // Not at once: undici does not expect its connector to call back before it returns.
      queueMicrotask(() => callback(named(error as Error), null));
      return;
    }
    connect({ ...rest, hostname: hostname.replace(/^\[|\]$/g, "") }, (...[error, socket]) => {
      if (error) return callback(named(error), null);
      onConnect?.(socket.remoteAddress ?? "");
      callback(null, socket);
    });
  };
}

let ofSystem: SecureContext | undefined;

/**
 * What a certificate has to be vouched for by: the authorities that are named (PEM), instead of those of the system, or else those.
 * What is no certificate vouches for nobody.
 */
export function trustIn(authorities = ""): SecureContext {
  if (authorities.trim() !== "") return createSecureContext({ ca: authorities });
  // Shared: making one costs more than the handshake it serves.
  ofSystem ??= createSecureContext({ ca: systemAuthorities() });
  return ofSystem;
}
