import { connect, createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

const VERSION = 5;
const WITH_LOGIN = 2;
const REFUSED = 0xff;

/** A SOCKS5 proxy that asks for `user:password`, and finds names alone. */
export async function listenSocks5(t: Owner, login: string) {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    serve(socket).catch(() => socket.destroy());
  });

  async function serve(socket: Socket): Promise<void> {
    const [_version, _count, ...methods] = await nextChunk(socket);
    if (!methods.includes(WITH_LOGIN)) return void socket.end(Buffer.from([VERSION, REFUSED]));
    socket.write(Buffer.from([VERSION, WITH_LOGIN]));
    if (readLogin(await nextChunk(socket)) !== login) return void socket.end(Buffer.from([1, 1]));
    socket.write(Buffer.from([1, 0]));
    const destination = await nextChunk(socket);
    const host = String(destination.subarray(5, -2));
    const port = destination.readUInt16BE(destination.length - 2);
    asked.push(`${host}:${port}`);
    const onwards = connect(port, host);
    socket.on("close", () => onwards.destroy());
    onwards.on("close", () => socket.destroy());
    onwards.on("error", () => socket.end(reply(5)));
    onwards.on("connect", () => {
      socket.write(reply(0));
      socket.pipe(onwards).pipe(socket);
    });
  }

  return { server, port: await listen(t, server), asked };
}

/** What a client sends comes in one piece, since it waits for each answer. */
async function nextChunk(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  socket.once("data", resolve);
  socket.once("close", () => reject(new Error("the client has gone")));
  return await promise;
}

function readLogin(bytes: Buffer): string {
  const nameEnd = 2 + (bytes[1] ?? 0);
  return `${bytes.subarray(2, nameEnd)}:${bytes.subarray(nameEnd + 1)}`;
}

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}
