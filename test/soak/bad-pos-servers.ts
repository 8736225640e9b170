import type { Socket } from "node:net";
import { httpAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import type { Owner } from "../helpers/owner.ts";

const TRICKLE_EVERY_MS = 1_000;

const MISBEHAVIOURS: Record<string, (socket: Socket) => void> = {
  "answers nothing": () => undefined,
  "answers no JSON": (socket) => socket.end(httpAnswer("200 OK", "<html>")),
  "never ends": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
    const spaces = setInterval(() => socket.write(Buffer.alloc(16 * 1024, " ")), TRICKLE_EVERY_MS / 50);
    socket.on("close", () => clearInterval(spaces));
  },
  trickles: (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n");
    const bytes = setInterval(() => socket.write("{"), TRICKLE_EVERY_MS);
    socket.on("close", () => clearInterval(bytes));
  },
  "hangs up": (socket) => socket.destroy(),
};

/** Starts POS servers that are of no use. @returns their names and addresses. */
export async function startBadPosServers(owner: Owner): Promise<{ name: string; address: string }[]> {
  return await Promise.all(
    Object.entries(MISBEHAVIOURS).map(async ([name, respond]) => {
      const { address } = await listenRaw(owner, respond);
      return { name, address };
    }),
  );
}
