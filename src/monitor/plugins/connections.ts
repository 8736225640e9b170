import { BlockList, isIP, isIPv6 } from "node:net";
import fp from "fastify-plugin";
import { type ConnectionGuard, guardConnections } from "../../protocol/connection-limits.ts";
import { createSlowReaders, type ReadingTerms } from "./slow-readers.ts";

declare module "fastify" {
  interface FastifyInstance {
    connectionGuard: ConnectionGuard;
  }
}

export interface ConnectionTerms extends ReadingTerms {
  maxConnections: number;
  /** An office may share an address. */
  maxByAddress: number;
}

interface ConnectionsOptions {
  terms?: Partial<ConnectionTerms> | undefined;
}

/** As slow as the worst mobile link may be for a while: 4 KB a second. */
const TERMS: ConnectionTerms = {
  maxConnections: 2_000,
  maxByAddress: 500,
  leastBytes: 512 * 1024,
  withinMs: 128_000,
};

/** Limits connections, and ends those that are read too slowly, so that they keep nobody out. */
export default fp<ConnectionsOptions>(
  async (app, { terms }) => {
    const { maxConnections, maxByAddress, ...readingTerms } = { ...TERMS, ...terms };
    const isShared = proxiesOf(app.config.trustProxy || []);
    // Each server has its own limits: connections to that of the agents take no places from browsers.
    const guards = [app.server, app.agentServer]
      .filter((server) => server !== null)
      .map((server) => guardConnections(server, { maxConnections, maxByAddress, isShared }));
    const guard: ConnectionGuard = {
      trust(socket) {
        for (const { trust } of guards) trust(socket);
      },
      release(socket) {
        for (const { release } of guards) release(socket);
      },
    };
    app.decorate("connectionGuard", guard);
    const slowReaders = createSlowReaders(readingTerms, (address) =>
      app.log.info({ address }, "An answer was given up: it was read too slowly"),
    );
    app.addHook("onRequest", (request, reply, done) => {
      if (request.viewer.user) guard.trust(request.raw.socket);
      slowReaders.watch(reply.raw);
      done();
    });
    app.addHook("onClose", async () => slowReaders.stop());
  },
  { name: "connections", dependencies: ["sessions", "agent-server"] },
);

function proxiesOf(trusted: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const proxy of trusted) {
    const [address = "", bits] = proxy.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
