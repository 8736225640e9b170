import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { DemoPosServer } from "./chain.ts";

/** Where the parts of the demo listen in this run. Maps are by slug. */
export type DemoPorts = Awaited<ReturnType<typeof findDemoPorts>>;

const HOST = "127.0.0.1";
/** Below the ports that systems assign by themselves. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;
const MAX_TRIES = 100;

export async function findDemoPorts(posServers: readonly DemoPosServer[]) {
  const slugs = posServers.map(({ slug }) => slug);
  const found = await findFreePorts(3 + 2 * slugs.length);
  const next = () => found.pop() ?? 0;
  return {
    mainServer: next(),
    messageQueue: next(),
    agents: new Map(slugs.map((slug) => [slug, next()])),
    tills: new Map(slugs.map((slug) => [slug, next()])),
    /** Nothing listens there yet. */
    unopened: next(),
  };
}

/** A row begins at a multiple of `count`: two demos that start at once seldom choose the same. @throws when none is free. */
export async function findFreePorts(count: number): Promise<number[]> {
  const rows = Math.floor((LAST_PORT - FIRST_PORT) / count);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const first = FIRST_PORT + count * randomInt(rows);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if (await areFree(ports)) return ports;
  }
  throw new Error(`No ${count} ports in a row are free on ${HOST}`);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listenOn));
  await Promise.all(servers.map((server) => server && once(server.close(), "close")));
  return !servers.includes(null);
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
