import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "../helpers/listen.ts";
import type { Owner } from "../helpers/owner.ts";

/** What the way to a POS server does to what it carries. */
export type Way = "passes" | "refuses" | "delays" | "trickles";

const DELAY_MS = 400;
const TRICKLE_BYTES = 512;
const TRICKLE_MS = 25;

/** The way to a POS server on this machine. */
export interface FaultyProxy {
  port: number;
  way: Way;
  /** Ends every connection at once. */
  cut(): void;
}

/** Carries connections to a port of this machine, as badly as it is told. */
export async function startProxy(owner: Owner, targetPort: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    if (proxy.way === "refuses") {
      incoming.destroy();
      return;
    }
    const outgoing = connect(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      keep(from);
      from.on("close", () => to.destroy());
      carry(from, to).catch(() => to.destroy());
    }
  });
  const proxy: FaultyProxy = {
    port: await listen(owner, server),
    way: "passes",
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;

  async function carry(from: Socket, to: Socket): Promise<void> {
    for await (const bytes of from as AsyncIterable<Buffer>) {
      if (proxy.way === "delays") await delay(DELAY_MS);
      for (const part of proxy.way === "trickles" ? partsOf(bytes) : [bytes]) {
        if (proxy.way === "trickles") await delay(TRICKLE_MS);
        if (!to.write(part) && !to.destroyed) await Promise.race([once(to, "drain"), once(to, "close")]);
      }
    }
    to.end();
  }
}

function partsOf(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / TRICKLE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * TRICKLE_BYTES, (index + 1) * TRICKLE_BYTES),
  );
}
