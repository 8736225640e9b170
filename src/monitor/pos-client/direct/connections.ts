import type { Readable } from "node:stream";
import { Client } from "undici";
import { Answer } from "../calls/answer.ts";
import { PosClientClosedError, UnansweredError } from "../calls/call-error.ts";
import { type CallLimits, KEPT_IDLE_MS, MAX_HEADER_BYTES } from "../calls/limits.ts";
import { AnswerStream, type StreamedAnswer } from "../calls/streamed-answer.ts";
import type { CallOptions, requestOf } from "../calls/transport.ts";
import type { ConnectCallback, Connector, Target } from "./connector.ts";

type Request = ReturnType<typeof requestOf>;

interface Connection {
  target: Target;
  client: Client;
  openedCount: number;
}

/** HTTP over connections that are kept for the next call or opened for each one. */
export function createConnections(connector: Connector, limits: CallLimits) {
  const kept = new Map<number, Connection>();
  const inUse = new Set<Connection>();
  let isKeeping = false;
  let isClosed = false;

  return {
    /** Resolves with the body of a 200 answer; rejects with a `CallError` for everything that a POS server can do wrong. */
    fetchBody(target: Target, request: Request): Promise<Buffer> {
      if (isClosed) return Promise.reject(new PosClientClosedError());
      const deadline = performance.now() + limits.callTimeoutMs;
      return isKeeping
        ? fetchOverKept(target, request, deadline)
        : fetchOver(openConnection(target), request, deadline, false);
    },
    keep(shouldKeep: boolean): void {
      isKeeping = shouldKeep;
      if (!shouldKeep) for (const id of kept.keys()) forget(id);
    },
    forget,
    /** Calls under way reject with a `PosClientClosedError`. */
    async close(): Promise<void> {
      isClosed = true;
      connector.close();
      const clients = [...kept.values(), ...inUse].map(({ client }) => client);
      kept.clear();
      await Promise.all(clients.map((client) => client.destroy(new PosClientClosedError())));
    },
  };

  /** Calls again if the kept connection had been closed by the other side, which is no failure. */
  async function fetchOverKept(target: Target, request: Request, deadline: number): Promise<Buffer> {
    const connection = keptConnection(target);
    const openedBefore = connection.openedCount;
    try {
      return await fetchOver(connection, request, deadline, true);
    } catch (error) {
      discard(connection);
      const wasKept = openedBefore > 0 && connection.openedCount === openedBefore;
      if (wasKept && error instanceof UnansweredError) return fetchOverKept(target, request, deadline);
      throw error;
    }
  }

  function keptConnection(target: Target): Connection {
    const known = kept.get(target.id);
    if (known?.target.origin === target.origin && known.target.fingerprint === target.fingerprint)
      return known;
    forget(target.id);
    const connection = openConnection(target);
    kept.set(target.id, connection);
    return connection;
  }

  function openConnection(target: Target): Connection {
    const client = createHttpClient(target, (callback) => {
      connection.openedCount += 1;
      connector.open(target, callback);
    });
    const connection: Connection = { target, client, openedCount: 0 };
    return connection;
  }

  function fetchOver(
    connection: Connection,
    request: Request,
    deadline: number,
    shouldKeep: boolean,
  ): Promise<Buffer> {
    const { target, client } = connection;
    const { method, path, headers } = request;
    inUse.add(connection);
    return new Promise<Buffer>((resolve, reject) => {
      const answer = new Answer(limits, deadline, resolve, reject);
      client.dispatch({ method, path: target.basePath + path, headers, reset: !shouldKeep }, answer);
    }).finally(() => inUse.delete(connection));
  }

  function forget(id: number): void {
    const connection = kept.get(id);
    if (!connection) return;
    kept.delete(id);
    // Waits for a call under way, then closes; it cannot fail.
    connection.client.close(() => undefined);
  }

  function discard(connection: Connection): void {
    if (kept.get(connection.target.id) === connection) kept.delete(connection.target.id);
    // Other calls that are under way or queued go on, but there are no new ones over this connection.
    connection.client.close(() => undefined);
  }
}

/** HTTP/1.1 to one POS server over connections made, verified and timed by `open`. */
function createHttpClient(target: Target, open: (callback: ConnectCallback) => void): Client {
  return new Client(target.origin, {
    connect: (_options, callback) => open(callback),
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEPT_IDLE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** HTTP over a separate connection for each call, so that calls and polls never wait for each other. */
export function createOwnCalls(connector: Connector) {
  const underWay = new Set<(reason: Error) => Promise<void>>();
  let isClosed = false;

  return {
    /** Resolves with the answer, whatever its status, when its headers have come; rejects as `fetchBody` does. */
    async open(target: Target, request: Request, options: CallOptions): Promise<StreamedAnswer> {
      const { stallTimeoutMs, signal } = options;
      if (isClosed) throw new PosClientClosedError();
      signal.throwIfAborted();
      const client = createHttpClient(target, (callback) => connector.open(target, callback));
      let body: Readable | null = null;
      const end = (reason: Error) => {
        body?.destroy(reason);
        return client.destroy(reason);
      };
      const onAbort = () => void end(signal.reason);
      const hangUp = () => {
        underWay.delete(end);
        signal.removeEventListener("abort", onAbort);
        client.destroy(null, () => undefined);
      };
      underWay.add(end);
      signal.addEventListener("abort", onAbort);
      try {
        return await new Promise<StreamedAnswer>((resolve, reject) => {
          const onAnswer = (answer: StreamedAnswer) => {
            body = answer.body;
            resolve(answer);
          };
          const answer = new AnswerStream({ stallTimeoutMs, onAnswer, reject, hangUp });
          const { method, path, headers, body: sent } = request;
          client.dispatch({ method, path: target.basePath + path, headers, body: sent, reset: true }, answer);
        });
      } catch (error) {
        hangUp();
        throw error;
      }
    },
    /** Calls under way, and bodies being read, end with a `PosClientClosedError`. */
    async close(): Promise<void> {
      isClosed = true;
      await Promise.all([...underWay].map((end) => end(new PosClientClosedError())));
    },
  };
}
