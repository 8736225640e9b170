import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createWebSocketStream, WebSocket } from "ws";
import { CONNECT_PATH, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import type { Owner } from "./owner.ts";
import { POS_SERVER_ID, TOKEN } from "./pos-server.ts";

/** Dials in as an agent does. What follows is the test's: nothing is said or read until somebody does. */
export async function dialInRaw(
  t: Owner,
  monitor: string,
  { identity: id = POS_SERVER_ID, token = TOKEN } = {},
): Promise<WebSocket> {
  const authorization = `Bearer ${token}`;
  const { status, socket, body } = await dial(t, monitor, { id, authorization, isPaused: true });
  if (status !== 101) throw new Error(`refused: ${status} ${body}`);
  return socket;
}

export interface Dialling {
  id?: string;
  authorization?: string;
  subprotocol?: string;
  path?: string;
  headers?: Record<string, string>;
  isPaused?: boolean;
}

/** Dials in as an agent does. @returns the socket when it is open, or how it was refused. */
export async function dial(t: Owner, url: string, dialling: Dialling = {}) {
  const { id = POS_SERVER_ID, authorization = `Bearer ${TOKEN}`, path = CONNECT_PATH, headers } = dialling;
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, dialling.subprotocol ?? SUBPROTOCOL, {
    headers: { authorization, "x-pos-server-id": id, ...headers },
    rejectUnauthorized: false,
  });
  t.teardown(() => socket.terminate());
  socket.on("error", () => undefined);
  if (dialling.isPaused) socket.once("open", () => socket.pause());
  const opened = once(socket, "open").then(() => ({ status: 101, retryAfter: undefined, body: "", socket }));
  opened.catch(() => undefined);
  const refused = new Promise<IncomingMessage>((resolve) =>
    socket.once("unexpected-response", (_request, answer) => resolve(answer)),
  ).then(async (answer) => {
    const body = (await answer.toArray()).join("");
    return { status: answer.statusCode ?? 0, retryAfter: answer.headers["retry-after"], body, socket };
  });
  return await Promise.race([opened, refused]);
}

/** Answers over a connection like an agent; what else it says is the test's. @returns when the monitor may ask. */
export async function answerRaw(
  socket: WebSocket,
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<ServerHttp2Session> {
  const stream = createWebSocketStream(socket);
  stream.on("error", () => undefined);
  const server = createServer(answer);
  server.on("sessionError", () => undefined);
  const opened = once(server, "session");
  server.emit("connection", stream);
  const [session] = await opened;
  return session;
}
