import { once } from "node:events";
import { WebSocket } from "ws";
import { CONNECT_PATH, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import type { Owner } from "./owner.ts";
import { POS_SERVER_ID, TOKEN } from "./pos-server.ts";

export interface RawCaller {
  /** Its `posServerId`. */
  identity?: string;
  token?: string;
}

/** Dials in as an agent does. What follows is the test's: nothing is said over the connection, nor read until somebody does. */
export async function dialInRaw(
  t: Owner,
  monitor: string,
  { identity = POS_SERVER_ID, token = TOKEN }: RawCaller = {},
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
