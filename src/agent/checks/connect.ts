import { connect as connectSocket, type LookupFunction, type Socket } from "node:net";

const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Opens a TCP connection; the caller destroys it.
 * @throws an error whose `code` says why, `timeout` when nobody answers.
 */
export function connect(
  host: string,
  port: number,
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, signal, lookup });
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    socket.once("timeout", () => socket.destroy(Object.assign(new Error("timeout"), { code: "timeout" })));
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Why something failed, in one word where there is one such as `ECONNREFUSED`. */
export function failureOf(error: unknown): string {
  const { code, message, errors } = error as Error & { code?: unknown; errors?: { code?: unknown }[] };
  const word = code ?? errors?.[0]?.code;
  return typeof word === "string" ? word : message;
}
