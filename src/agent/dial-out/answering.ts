import { once } from "node:events";
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from "node:http2";
import { addAbortSignal } from "node:stream";
import { createWebSocketStream, type WebSocket } from "ws";
import { PING_EVERY_MS } from "../../protocol/dial-out.ts";

const MAX_CALLS_AT_ONCE = 32;

export interface MonitorConnection {
  monitor: string;
  /** The pin of its key; null without TLS. */
  pin: string | null;
}

export interface AnsweredConnection extends MonitorConnection {
  /** Waits until the monitor has received all answers so far, or the connection has ended. */
  haveArrived(): Promise<void>;
}

export type Answer = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  connection: AnsweredConnection,
) => void;

/** HTTP/2 with reversed roles: the agent dials out and answers. A connection ends if a ping is unanswered at the next one. */
export function createAnswering(answer: Answer, pingEveryMs = PING_EVERY_MS) {
  const connections = new WeakMap<Http2Session, AnsweredConnection>();
  const server = createServer({ settings: { maxConcurrentStreams: MAX_CALLS_AT_ONCE } });
  server.on("sessionError", () => undefined); // the connection ends, and `serve` with it
  server.on("request", (request, response) => {
    const connection = request.stream.session && connections.get(request.stream.session);
    if (connection) answer(request, response, connection); // otherwise it has ended
  });

  /** @returns the WebSocket code that the connection was closed with. */
  async function serve(
    socket: WebSocket,
    connection: MonitorConnection,
    signal: AbortSignal,
  ): Promise<number> {
    const stream = addAbortSignal(signal, createWebSocketStream(socket));
    stream.on("error", () => undefined); // "close" of the socket follows
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
      stream.destroy();
    }
  }

  return { serve };
}

/** Frames arrive in order: once a ping is answered, all before it has arrived. */
function isAnsweredBy(session: Http2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.destroyed || !session.ping(() => resolve())) resolve();
  });
}

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
