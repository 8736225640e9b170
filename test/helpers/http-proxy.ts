import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** An HTTP proxy that asks for a login. @param leadTo the port that it connects to, whatever it is asked. */
export async function listenProxy(t: Owner, login: string, leadTo?: number) {
  const asked: string[] = [];
  const server = createServer();
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const isRight = headers["proxy-authorization"] === `Basic ${Buffer.from(login).toString("base64")}`;
    if (!isRight)
      return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    const { hostname, port } = new URL(`http://${url}`);
    const onwards = connect(leadTo ?? Number(port), hostname);
    socket.on("close", () => onwards.destroy());
    onwards.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
    onwards.on("connect", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onwards).pipe(socket);
    });
  });
  return { server, port: await listen(t, server), asked };
}
