import { once } from "node:events";
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from "node:http2";
import type { Duplex } from "node:stream";
import { createWebSocketStream, type WebSocket } from "ws";
import { PING_EVERY_MS } from "../../protocol/dial-out.ts";

const MAX_CALLS_AT_ONCE = 32;

/** Over which a call came that the monitor makes. */
export interface MonitorConnection {
  /** As it was dialled. */
  monitor: string;
  /** Of the key that it has shown; null where there is no TLS. */
  pin: string | null;
}

/** Such a connection while it is there. */
export interface AnsweredConnection extends MonitorConnection {
  /** Waits until the monitor has all that it was answered so far, or the connection has ended. */
  haveArrived(): Promise<void>;
}

export type Answer = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  connection: AnsweredConnection,
) => void;

export interface Answering {
  /** Answers over a connection until it ends. @returns the code with which the other side closed it, or null. */
  serve(socket: WebSocket, connection: MonitorConnection, signal: AbortSignal): Promise<number | null>;
}

/**
 * HTTP/2 over streams: the roles are reversed, so that who dialled out answers.
 * @param pingEveryMs how often the monitor has to show that it is still there.
 */
export function createAnswering(answer: Answer, pingEveryMs = PING_EVERY_MS): Answering {
  const connections = new WeakMap<Http2Session, AnsweredConnection>();
  const server = createServer({ settings: { maxConcurrentStreams: MAX_CALLS_AT_ONCE } });
  server.on("sessionError", () => undefined); // the connection ends, and that is told
  server.on("request", (request, response) => {
    const connection = request.stream.session && connections.get(request.stream.session);
    if (connection) answer(request, response, connection); // else it has ended, and nobody waits for an answer
  });

  async function serve(
    socket: WebSocket,
    connection: MonitorConnection,
    signal: AbortSignal,
  ): Promise<number | null> {
    const stream: Duplex = createWebSocketStream(socket);
    stream.on("error", () => undefined); // "close" of the socket follows
    const onAbort = () => socket.terminate();
    signal.addEventListener("abort", onAbort, { once: true });
    server.once("session", (session) => {
      connections.set(session, { ...connection, haveArrived: () => isAnsweredBy(session) });
      session.once("close", () => socket.terminate());
    });
    server.emit("connection", stream);
    const pinging = keepAlive(socket, pingEveryMs);
    try {
      const [code] = (await once(socket, "close")) as [number];
      return code;
    } finally {
      clearInterval(pinging);
      signal.removeEventListener("abort", onAbort);
      stream.destroy();
    }
  }

  return { serve };
}

/** Frames arrive in order, and that of a ping comes back. */
function isAnsweredBy(session: Http2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.destroyed || !session.ping(() => resolve())) resolve();
  });
}

/** Ends a connection over which nobody answers a ping until the next one. */
function keepAlive(socket: WebSocket, pingEveryMs: number): NodeJS.Timeout {
  let isAnswered = true;
  socket.on("pong", () => {
    isAnswered = true;
  });
  return setInterval(() => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, pingEveryMs);
}
