import { once } from "node:events";
import { createServer } from "node:http";

const HOST = "127.0.0.1";

/** Where the tills of one restaurant ask their POS server. */
export interface TillListener {
  /** Nobody takes connections there any more. */
  close(): Promise<void>;
}

/** Answers every request with the name and the version of the POS server. @throws when the port is taken. */
export async function listenForTills(
  port: number,
  answer: { name: string; version: string },
): Promise<TillListener> {
  const body = JSON.stringify(answer);
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(body);
  });
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
