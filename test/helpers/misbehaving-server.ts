import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** A server that answers each whole request head as told, with what no HTTP library would send. */
export async function listenRaw(t: Owner, respond: (socket: Socket) => void, tlsOptions?: TlsOptions) {
  /** Everything that clients have sent, one string for each connection. */
  const received: string[] = [];
  const onConnection = (socket: Socket) => {
    const index = received.push("") - 1;
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.on("data", (text: string) => {
      received[index] += text;
      if (text.includes("\r\n\r\n")) respond(socket);
    });
  };
  const server = tlsOptions ? createTlsServer(tlsOptions, onConnection) : createServer(onConnection);
  server.on("tlsClientError", () => undefined); // clients that refuse the certificate are what is tested
  const port = await listen(t, server);
  return { address: `${tlsOptions ? "https" : "http"}://127.0.0.1:${port}`, port, received };
}

export function httpAnswer(status: string, body: string | Buffer = "", headers: string[] = []): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${bytes.length}`, ...headers].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]);
}

export function jsonAnswer(value: unknown): Buffer {
  return httpAnswer("200 OK", JSON.stringify(value), ["Content-Type: application/json"]);
}
