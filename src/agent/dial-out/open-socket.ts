import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely, type TLSSocket } from "node:tls";
import { publicKeyPin } from "../../protocol/public-key-pin.ts";
import { systemAuthorities } from "../../protocol/system-authorities.ts";
import { DialOutError } from "./dial-out-error.ts";
import { chooseProxy, openTunnel } from "./proxy.ts";

export interface DialOutTarget {
  /** `https://host:port/path`, without a trailing slash; `http://` only on this machine. */
  monitor: string;
  /** Accepted public keys, `sha256:<hex>`. */
  pins: string[];
  /** Whether a certificate that the system trusts is enough. */
  trustsAuthorities: boolean;
  /** Address of an HTTP proxy, `none`, or null = environment and Windows decide. */
  proxy: string | null;
}

/** TLS with a pinned or trusted key; plain only to this machine, `pin` null. @throws DialOutError, or the signal's reason. */
export async function openSocket(
  target: DialOutTarget,
  signal: AbortSignal,
): Promise<{ socket: Socket; pin: string | null }> {
  const url = new URL(target.monitor);
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (isSecure ? 443 : 80));
  const proxy = isSecure ? await chooseProxy(url, target.proxy) : null;
  const socket = proxy
    ? await openTunnel(proxy, `${url.hostname}:${port}`, signal)
    : await whenOpen(connect({ host, port }), "connect", signal);
  if (!isSecure) return { socket, pin: null };

  const secured = connectSecurely({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ca: target.trustsAuthorities ? systemAuthorities() : [],
    rejectUnauthorized: false, // decided below: a pinned key needs no authority
    minVersion: "TLSv1.2",
  });
  await whenOpen(secured, "secureConnect", signal);
  const certificate = secured.getPeerX509Certificate();
  const pin = certificate ? publicKeyPin(certificate) : "none";
  const problem = findProblem(target, pin, secured);
  if (!problem) return { socket: secured, pin };
  secured.destroy();
  throw problem;
}

function findProblem(
  { pins, trustsAuthorities }: DialOutTarget,
  pin: string,
  { authorized, authorizationError }: TLSSocket,
): DialOutError | null {
  if (pins.includes(pin) || (trustsAuthorities && authorized)) return null;
  return trustsAuthorities
    ? new DialOutError("not_vouched_for", "no authority vouches for the monitor", String(authorizationError))
    : new DialOutError("other_key", "the monitor has another key than the pinned one", pin);
}

async function whenOpen<T extends Socket>(
  socket: T,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<T> {
  socket.on("error", () => undefined); // `once` below rejects
  try {
    await once(socket, event, { signal });
    socket.setNoDelay(true).setKeepAlive(true);
    return socket;
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    const { message, errors } = error as Error & { errors?: Error[] }; // one for each address of a host
    throw new DialOutError("not_reached", "no connection", errors?.[0]?.message ?? message);
  }
}
