import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { POS_SERVERS } from "./chain.ts";

/** Where the parts of the demo listen. Maps are by slug. */
export type DemoPorts = ReturnType<typeof portsFrom>;

const HOST = "127.0.0.1";
const FILE = "first-port.json";
/** Below the ports that systems assign by themselves. */
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;
const ROW_LENGTH = 5 + 2 * POS_SERVERS.length;
const MAX_TRIES = 100;

/** The same at every start with a folder, so that nobody has to be told new addresses. @throws when they are in use. */
export async function provideDemoPorts(folder: string): Promise<DemoPorts> {
  const file = path.join(folder, FILE);
  if (!existsSync(file)) writeFileSync(file, String(await findFreeRow()));
  const first = Number(readFileSync(file, "utf8"));
  if (await isRowFree(first)) return portsFrom(first);
  throw new Error(
    `Another program uses a port from ${first} to ${first + ROW_LENGTH - 1}, perhaps a demo over ${folder}`,
  );
}

export async function findDemoPorts(): Promise<DemoPorts> {
  return portsFrom(await findFreeRow());
}

function portsFrom(first: number) {
  const rowFrom = (start: number) => new Map(POS_SERVERS.map(({ slug }, index) => [slug, start + 2 * index]));
  return {
    monitor: first,
    mainServer: first + 1,
    messageQueue: first + 2,
    mail: first + 3,
    messages: first + 4,
    agents: rowFrom(first + 5),
    tills: rowFrom(first + 6),
  };
}

/** A row begins at a multiple of its length: two demos that start at once seldom choose the same. */
async function findFreeRow(): Promise<number> {
  const rows = Math.floor((LAST_PORT - FIRST_PORT) / ROW_LENGTH);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const first = FIRST_PORT + ROW_LENGTH * randomInt(rows);
    if (await isRowFree(first)) return first;
  }
  throw new Error(`No ${ROW_LENGTH} ports in a row are free on ${HOST}`);
}

async function isRowFree(first: number): Promise<boolean> {
  const servers = Array.from({ length: ROW_LENGTH }, (_, index) =>
    createServer().listen(first + index, HOST),
  );
  const listened = await Promise.allSettled(servers.map((server) => once(server, "listening")));
  const listening = servers.filter((server) => server.listening);
  await Promise.all(listening.map((server) => once(server.close(), "close")));
  return listened.every(({ status }) => status === "fulfilled");
}
