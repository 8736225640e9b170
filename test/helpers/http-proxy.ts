import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { Test } from "tap";
import { listen } from "./listen.ts";

export interface HttpProxy {
  server: Server;
  port: number;
  asked: string[];
}

/**
 * An HTTP proxy that asks for a login.
 * @param leadTo the port of this machine that it connects to, whatever it is asked.
 */
export async function listenProxy(t: Test, login: string, leadTo?: number): Promise<HttpProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer();
  proxy.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const isRight = headers["proxy-authorization"] === `Basic ${Buffer.from(login).toString("base64")}`;
    if (!isRight)
      return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    const { hostname, port } = new URL(`http://${url}`);
    const onwards = connect(leadTo ?? Number(port), hostname);
    sockets.add(onwards).add(socket);
    for (const end of [socket, onwards]) end.on("error", () => undefined);
    onwards.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
    onwards.on("connect", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onwards).pipe(socket);
    });
  });
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { server: proxy, port: await listen(t, proxy), asked };
}
