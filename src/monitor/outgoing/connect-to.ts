import { connect, isIP, type Socket } from "node:net";
import { lookupCallable, requireCallable } from "./allowed-address.ts";

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
