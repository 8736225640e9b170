import { once } from "node:events";
import { createServer } from "node:net";

const HOST = "127.0.0.1";

/** Takes connections where the main server's message queue would, and says nothing. @returns how it ends. */
export async function listenForMessages(port: number): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).end());
  server.listen(port, HOST);
  await once(server, "listening");
  return async () => {
    const closed = once(server, "close");
    server.close();
    await closed;
  };
}
