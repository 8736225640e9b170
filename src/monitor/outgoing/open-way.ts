import { connect, isIP, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { Agent, buildConnector, Client, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from "undici";
import { systemAuthorities } from "../../protocol/certificates.ts";
import { lookupCallable, requireCallable } from "./allowed-address.ts";
import { networkText } from "./failure.ts";

const MAX_HEADER_BYTES = 16 * 1024;

export interface Way {
  /** `http://…`, `https://…` or `socks5://…`, also with login and password; empty = none. */
  proxy?: string | undefined;
  /** PEM, instead of the authorities of the system. */
  authorities?: string | undefined;
}

interface Connecting {
  connectTimeoutMs: number;
  /** Closes what was opened. */
  signal: AbortSignal;
  /** Called with the address of the other side of a direct connection. */
  onConnect: (address: string) => void;
}

/**
 * The signal closes the dispatcher. A proxy looks up names itself; each of its steps may take the whole timeout.
 * @throws when an address is invalid or not allowed.
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
  // The caller limits the time of the whole call.
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

/** Connects to allowed addresses only. @param prefix of errors. */
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
      // Later, since undici does not expect a callback before the connector returns.
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

/** The trusted authorities: the given ones (PEM), or those of the system. An invalid PEM trusts nobody. */
export function trustIn(authorities = ""): SecureContext {
  if (authorities.trim() !== "") return createSecureContext({ ca: authorities });
  // Shared, since making one costs more than a handshake.
  ofSystem ??= createSecureContext({ ca: systemAuthorities() });
  return ofSystem;
}

/** Only to allowed addresses. The signal also ends the connection. @throws the system's error, or the signal's reason. */
export async function connectTo(
  { host, port }: { host: string; port: number },
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  signal?.throwIfAborted();
  const plain = host.replace(/^\[|\]$/g, "");
  requireCallable(plain);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: plain, port, lookup: lookupCallable, noDelay: true, signal });
  let step = isIP(plain) === 0 ? "name lookup" : "connection";
  socket.once("lookup", () => {
    step = "connection";
  });
  socket.once("connect", () => resolve(socket));
  socket.on("error", reject);
  const timer = setTimeout(() => reject(new Error(`${step} took longer than ${timeoutMs} ms`)), timeoutMs);
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
