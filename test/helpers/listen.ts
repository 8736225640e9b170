import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { promisify } from "node:util";
import type { Owner } from "./owner.ts";
import { waitFor } from "./wait-for.ts";

/** Listens on a free port of 127.0.0.1 until the test ends. @returns the port. */
export async function listen(t: Owner, server: Server, host = "127.0.0.1"): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // clients that go away mid-answer are what these servers are for
  });
  server.listen(0, host);
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}

/** Answers over HTTP until the test ends. @returns the address. */
export async function listenHttp(
  t: Owner,
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  return `http://127.0.0.1:${await listen(t, server)}`;
}

/** Answers with an error of the protocol. */
export function sendRefusal(response: ServerResponse, status: number, error: string, message = ""): void {
  sendJson(response, status, { error, message });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Waits until nobody is connected to these servers any more. */
export async function untilLeftAlone(...servers: Server[]): Promise<void> {
  for (const server of servers)
    await waitFor(async () => (await promisify(server.getConnections.bind(server))()) === 0);
}
