import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** What is told by webhooks; it answers 204 unless told. */
export async function listenWebhook(
  t: Owner,
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end(),
  tls?: ServerOptions,
) {
  const calls: { method: string; url: string; headers: IncomingMessage["headers"]; body: Buffer }[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    calls.push({ method, url, headers, body: await buffer(request) });
    answer(response);
  };
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.on("tlsClientError", () => undefined); // clients that refuse the certificate are what is tested
  const port = await listen(t, server);
  return {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    calls,
    /** How many are open. */
    connections: promisify(server.getConnections.bind(server)),
  };
}
