import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { hostname } from "node:os";
import { connect as connectSecurely, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { publicKeyPin, systemAuthorities } from "../../protocol/certificates.ts";
import {
  CONNECT_PATH,
  HOST_HEADER,
  INSTANCE_HEADER,
  MACHINE_HEADER,
  MAX_MESSAGE_BYTES,
  POS_SERVER_ID_HEADER,
  SUBPROTOCOL,
} from "../../protocol/dial-out.ts";
import type { Identity } from "../machine/identity.ts";
import { describeMachine } from "../machine/machine-id.ts";
import { DialOutError, retryAfterMs, withinTime } from "./dial-out-error.ts";
import { chooseProxy, openTunnel } from "./proxy.ts";

const OPEN_WITHIN_MS = 20_000;
const OTHER_MACHINE = 409;

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

/** `instance`: random, one for each process. The socket is returned paused. @throws DialOutError, or the signal's reason. */
export async function openWebSocket(
  target: DialOutTarget,
  { posServerId, token, instance }: Pick<Identity, "posServerId" | "token"> & { instance: string },
  signal: AbortSignal,
): Promise<{ socket: WebSocket; pin: string | null }> {
  return await withinTime(OPEN_WITHIN_MS, signal, async (ending) => {
    const { socket, pin } = await openSocket(target, ending);
    const url = `${target.monitor.replace(/^http/, "ws")}${CONNECT_PATH}`;
    const headers = {
      authorization: `Bearer ${token}`,
      [POS_SERVER_ID_HEADER]: posServerId,
      [INSTANCE_HEADER]: instance,
      [MACHINE_HEADER]: describeMachine(),
      [HOST_HEADER]: Buffer.from(hostname()).toString("base64url"),
    };
    return { socket: await upgrade(socket, url, headers, ending), pin };
  });
}

function upgrade(
  plain: Socket,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOL, {
      createConnection: () => plain,
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      followRedirects: false,
      signal,
    } as ConstructorParameters<typeof WebSocket>[2]);
    socket.once("unexpected-response", (_request, answer: IncomingMessage) => {
      reject(refusalOf(answer));
      socket.terminate();
    });
    socket.on("error", ({ message }) =>
      reject(signal.aborted ? signal.reason : new DialOutError("not_reached", "no connection", message)),
    );
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
  });
}

function refusalOf({ statusCode, headers }: IncomingMessage): DialOutError {
  const detail = `HTTP ${statusCode}`;
  const waitMs = retryAfterMs(headers);
  if (statusCode === OTHER_MACHINE)
    return new DialOutError(
      "other_machine",
      "another machine with this identity is connected",
      detail,
      waitMs,
    );
  return statusCode === 401
    ? new DialOutError("unknown_here", "the monitor knows no such POS server or token", detail, waitMs)
    : new DialOutError("refused", "the monitor refuses", detail, waitMs);
}
