import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
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
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    const body = await buffer(request).catch(() => null);
    if (!body) return response.destroy();
    calls.push({ method, url, headers, body });
    answer(response);
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.on("tlsClientError", () => undefined); // clients that refuse the certificate are what is tested
  const port = await listen(t, server);
  return {
    origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    calls,
    connections: promisify(server.getConnections.bind(server)),
  };
}
