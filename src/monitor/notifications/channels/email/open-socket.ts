import { connect, isIP, type Socket } from "node:net";
import { lookupAllowed, requireCallable } from "../callable-host.ts";
import type { EmailServer } from "./connection.ts";

/**
 * Connects to a server whose address may be called. Every error of it is one that `networkFailure` names.
 * @throws the reason of the signal, when that ends it.
 */
export async function openSocket(
  server: Pick<EmailServer, "host" | "port">,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const host = server.host.replace(/^\[|\]$/g, "");
  requireCallable(host);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port: server.port, lookup: lookupAllowed, noDelay: true });
  let isFound = isIP(host) !== 0;
  socket.once("lookup", () => {
    isFound = true;
  });
  socket.once("connect", () => resolve(socket));
  socket.on("error", reject);
  const timer = setTimeout(() => reject(timeoutError(isFound, timeoutMs)), timeoutMs);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function timeoutError(isFound: boolean, timeoutMs: number): Error {
  const [what, code] = isFound ? ["connection", "ETIMEDOUT"] : ["name lookup", "EAI_AGAIN"];
  return Object.assign(new Error(`${what} took longer than ${timeoutMs} ms`), { code });
}
