import { connect, isIP, type Socket } from "node:net";
import { lookupCallable, requireCallable } from "./allowed-address.ts";

/**
 * Connects to a server whose address may be called.
 * @throws Error of the name lookup or of the connection; the reason of the signal, when that ends it.
 */
export async function connectTo(
  { host, port }: { host: string; port: number },
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  signal?.throwIfAborted();
  const plain = host.replace(/^\[|\]$/g, "");
  requireCallable(plain);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: plain, port, lookup: lookupCallable, noDelay: true });
  let step = isIP(plain) === 0 ? "name lookup" : "connection";
  socket.once("lookup", () => {
    step = "connection";
  });
  socket.once("connect", () => resolve(socket));
  socket.on("error", reject);
  const timer = setTimeout(() => reject(new Error(`${step} took longer than ${timeoutMs} ms`)), timeoutMs);
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
