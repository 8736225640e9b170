import type { CallLimits } from "../calls/limits.ts";
import { requestOf, type Transport } from "../calls/transport.ts";
import { createConnections } from "./connections.ts";
import { createConnector } from "./connector.ts";
import type { NameLookup } from "./name-lookup.ts";
import { canKeepConnections, readOpenFilesLimit } from "./open-files.ts";
import { createOwnCalls } from "./own-calls.ts";
import { createSecureTransport } from "./secure-transport.ts";
import { readTarget } from "./target.ts";
import { createTlsSessions } from "./tls-sessions.ts";

export interface DirectTransport extends Transport {
  /** Says how many POS servers are polled; connections are kept from then on while there are not too many. */
  setFleetSize(posServerCount: number): void;
}

export interface DirectTransportOptions {
  /** Bounds of a poll. */
  limits: CallLimits;
  lookupName: NameLookup;
  /** Whether connections are kept; undefined = the size of the fleet decides. */
  keepConnections: boolean | undefined;
  openFilesLimit?: number | undefined;
}

/** Makes the way to POS servers by their addresses, over HTTP or HTTPS. */
export function createDirectTransport({
  limits,
  lookupName,
  keepConnections,
  openFilesLimit = readOpenFilesLimit(),
}: DirectTransportOptions): DirectTransport {
  const secureTransport = createSecureTransport(createTlsSessions());
  const connector = createConnector({
    connectTimeoutMs: limits.connectTimeoutMs,
    lookupName,
    secureTransport,
  });
  const connections = createConnections(connector, limits);
  connections.keep(keepConnections ?? false);
  const ownCalls = createOwnCalls(connector);

  return {
    async fetchBody(posServer, path) {
      const request = requestOf({ path, accept: "application/json" }, posServer.token);
      return await connections.fetchBody(readTarget(posServer), request);
    },
    async open(posServer, call, options) {
      return await ownCalls.open(readTarget(posServer), requestOf(call, posServer.token), options);
    },
    setFleetSize(posServerCount) {
      connections.keep(keepConnections ?? canKeepConnections(posServerCount, openFilesLimit));
    },
    forget(id) {
      connections.forget(id);
      secureTransport.forget(id);
    },
    async close() {
      await Promise.all([ownCalls.close(), connections.close()]);
    },
  };
}
