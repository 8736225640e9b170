import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { publicKeyPin } from "../../protocol/public-key-pin.ts";
import { systemAuthorities } from "../../protocol/system-authorities.ts";
import type { DialOutConfig } from "../config/dial-out-config.ts";
import { DialOutError } from "./dial-out-error.ts";
import { chooseProxy, openTunnel } from "./proxy.ts";

/**
 * Opens a socket to the monitor over which a secret may be sent: its key is the pinned one, or the system's authorities
 * vouch for it; plain only to this machine.
 * @throws DialOutError, or the signal's reason.
 */
export async function openSocket(
  { monitor, pins, proxy }: Pick<DialOutConfig, "monitor" | "pins" | "proxy">,
  signal: AbortSignal,
): Promise<Socket> {
  const url = new URL(monitor);
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (isSecure ? 443 : 80));
  const chosen = isSecure ? chooseProxy(url, proxy) : null;
  const socket = chosen
    ? await openTunnel(chosen, `${url.hostname}:${port}`, signal)
    : await whenOpen(connect({ host, port }), "connect", signal);
  if (!isSecure) return socket;

  const isPinned = pins.length > 0;
  const secured = connectSecurely({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ca: isPinned ? [] : systemAuthorities(),
    rejectUnauthorized: !isPinned,
    minVersion: "TLSv1.2",
  });
  await whenOpen(secured, "secureConnect", signal);
  const certificate = secured.getPeerX509Certificate();
  const pin = certificate ? publicKeyPin(certificate) : "none";
  if (isPinned && !pins.includes(pin)) {
    secured.destroy();
    throw new DialOutError("other_key", "the monitor has another key than the pinned one", pin);
  }
  return secured;
}

async function whenOpen<T extends Socket>(
  socket: T,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<T> {
  socket.on("error", () => undefined); // whoever waits is told; nobody else is there yet
  try {
    await once(socket, event, { signal });
    socket.setNoDelay(true).setKeepAlive(true);
    return socket;
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    const { message, errors } = error as Error & { errors?: Error[] }; // one for each address of a name
    throw new DialOutError("not_reached", "no connection", errors?.[0]?.message ?? message);
  }
}
