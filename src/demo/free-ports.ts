import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

const HOST = "127.0.0.1";
/** Below those that systems give to whoever asks for any port: nobody else gets one of them by chance. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;
const MAX_TRIES = 100;

/** Finds different ports on which nothing listens now. @throws Error when nearly all are taken. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = new Map<number, Server>();
  try {
    for (let tries = 0; servers.size < count; tries++) {
      if (tries > count + MAX_TRIES) throw new Error(`No ${count} ports are free on ${HOST}`);
      const port = randomInt(FIRST_PORT, LAST_PORT);
      const server = servers.has(port) ? null : await listenOn(port);
      if (server) servers.set(port, server);
    }
    return [...servers.keys()];
  } finally {
    await Promise.all([...servers.values()].map((server) => once(server.close(), "close")));
  }
}

/** @returns null when something listens there. */
async function listenOn(port: number): Promise<Server | null> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, "listening");
    return server;
  } catch {
    return null;
  }
}
