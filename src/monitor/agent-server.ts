import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import fp from "fastify-plugin";
import { AGENT_PATHS } from "../protocol/dial-out.ts";
import { createNodeServer, nodeServerOptions } from "./node-server.ts";
import { decodableUrl } from "./plugins/errors.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Serves agents on a port of their own; null = they use that of the pages. */
    agentServer: Server | null;
  }
}

/** For load balancers. */
const HEALTH_PATH = "/healthz";
const NOT_FOUND = JSON.stringify({ error: "not_found", message: "Only agents are answered here." });
const NOT_FOUND_HEADERS = {
  "content-type": "application/json",
  "content-length": NOT_FOUND.length,
  connection: "close",
};

/**
 * `AGENT_PORT`: a second server of this process, only for agents and `GET /healthz`; restaurants can reach it while the
 * pages stay inside. `listen.ts` starts it.
 */
export default fp(
  async (app) => {
    if (app.config.agentListener === null) {
      app.decorate("agentServer", null);
      return;
    }
    const server = createNodeServer(nodeServerOptions(app.config.agentTls ?? app.config.tls), answer);
    server.keepAliveTimeout = app.server.keepAliveTimeout;
    server.on("upgrade", upgrade);
    app.decorate("agentServer", server);

    // Disconnect agents before the app waits for its connections to end.
    let closed: Promise<unknown> = Promise.resolve();
    app.addHook("preClose", async () => {
      if (server.listening) closed = once(server.close(), "close");
    });
    app.addHook("onClose", async () => {
      server.closeIdleConnections();
      await closed;
    });

    function answer(request: IncomingMessage, response: ServerResponse): void {
      if (isAnswered(request)) {
        app.routing(request, response);
        return;
      }
      response.writeHead(404, NOT_FOUND_HEADERS).end(NOT_FOUND);
    }

    function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const isAgent = isForAgents(request);
      // Nobody listens once the app closes.
      if (isAgent && app.server.emit("upgrade", request, socket, head)) return;
      const status = isAgent ? 503 : 404;
      socket.on("error", () => undefined); // it goes away anyway
      socket.once("finish", () => socket.destroy()); // whether or not the other end hangs up
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      );
    }
  },
  { name: "agent-server" },
);

function isAnswered(request: IncomingMessage): boolean {
  const isLook = request.method === "GET" || request.method === "HEAD";
  return isForAgents(request) || (isLook && request.url === HEALTH_PATH);
}

/** By the decoded URL, as the router sees it. */
function isForAgents({ url }: IncomingMessage): boolean {
  return decodableUrl(url).startsWith(AGENT_PATHS);
}
