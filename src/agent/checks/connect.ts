import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type IncomingMessage, request as requestPlain } from "node:http";
import type { RequestOptions, request } from "node:https";
import { connect as connectSocket, type LookupFunction, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const CONNECT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 5_000;
/** The system lists a closed connection for a while: so many ports are remembered. */
const MAX_OWN_PORTS = 100;
const LOOKUP_TIMEOUT_MS = 4_000;

const ownPorts: number[] = [];

/** Remembers that a connection is the agent's own and not the POS server's. */
function noteOwn({ localPort }: Pick<Socket, "localPort">): void {
  if (localPort !== undefined) ownPorts.push(localPort);
  if (ownPorts.length > MAX_OWN_PORTS) ownPorts.shift();
}

export function isOwnPort(port: number): boolean {
  return ownPorts.includes(port);
}

/** The caller destroys the socket. @throws an error whose `code` says why, `timeout` when nobody answers. */
export async function connect(
  host: string,
  port: number,
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<Socket> {
  const socket = connectSocket({ host, port, signal, lookup, timeout: CONNECT_TIMEOUT_MS });
  socket.once("timeout", () => socket.destroy(timeoutError()));
  await once(socket, "connect");
  noteOwn(socket);
  return socket;
}

/** @returns the answer to HEAD, whatever its status. @throws like `connect`. */
export function askHead(
  server: Pick<RequestOptions, "host" | "port" | "signal" | "lookup">,
  send: typeof request | typeof requestPlain = requestPlain,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Nothing secret is sent, and with a wrong clock good certificates look invalid.
    const asked = send({
      ...server,
      method: "HEAD",
      path: "/",
      agent: false,
      rejectUnauthorized: false,
      timeout: ANSWER_TIMEOUT_MS,
    });
    asked.once("socket", (socket) => socket.once("connect", () => noteOwn(socket)));
    asked.once("timeout", () => asked.destroy(timeoutError()));
    asked.once("response", (response) => {
      response.destroy();
      resolve(response);
    });
    asked.on("error", reject);
    asked.end();
  });
}

function timeoutError(): Error {
  return Object.assign(new Error("timeout"), { code: "timeout" });
}

/** The error's code, such as `ECONNREFUSED`; without one, its message. */
export function failureOf(error: unknown): string {
  const { code, message, errors } = error as Error & { code?: unknown; errors?: { code?: unknown }[] };
  const word = code ?? errors?.[0]?.code;
  return typeof word === "string" ? word : message;
}

/** @throws an error whose `code` says why, `timeout` when nobody answers. */
export type HostLookup = (host: string) => Promise<LookupAddress[]>;

/** Asks the system, like the POS server. Lookups cannot be cancelled and hold Node's few threads: callers share one per host. */
export function createHostLookup(
  ask: HostLookup = (host) => lookup(host, { all: true }),
  timeoutMs = LOOKUP_TIMEOUT_MS,
): HostLookup {
  const asked = new Map<string, Promise<LookupAddress[]>>();

  function askOnce(host: string): Promise<LookupAddress[]> {
    const answer = asked.get(host) ?? ask(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  }

  return (host) => {
    const timeout = delay(timeoutMs, undefined, { ref: false }).then(() => Promise.reject(timeoutError()));
    return Promise.race([askOnce(host), timeout]);
  };
}

export function lookupForSockets(lookUp: HostLookup): LookupFunction {
  return (host, { all }, callback) => {
    lookUp(host).then(
      (addresses) =>
        all ? callback(null, addresses) : callback(null, addresses[0]?.address ?? "", addresses[0]?.family),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
