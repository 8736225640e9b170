import { once } from "node:events";
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

/**
 * Dials in as an agent does. What follows is the test's: nothing is said over the connection, nor read until somebody does.
 * @param identity its `posServerId`.
 */
export async function dialInRaw(
  t: Owner,
  monitor: string,
  { identity = POS_SERVER_ID, token = TOKEN } = {},
): Promise<WebSocket> {
  const socket = new WebSocket(`${monitor.replace("http", "ws")}${CONNECT_PATH}`, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${token}`, "x-pos-server-id": identity },
  });
  t.teardown(() => socket.terminate());
  socket.on("error", () => undefined);
  socket.once("open", () => socket.pause());
  await once(socket, "open");
  return socket;
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
