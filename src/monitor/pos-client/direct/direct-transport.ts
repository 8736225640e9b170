import {
  type CallLimits,
  KEPT_CONNECTIONS_SHARE,
  MAX_KEPT_CONNECTIONS,
  OPEN_FILES_WHERE_UNKNOWN,
} from "../calls/limits.ts";
import { requestOf, type Transport } from "../calls/transport.ts";
import { createConnections, createOwnCalls } from "./connections.ts";
import { createConnector, readTarget } from "./connector.ts";
import type { NameLookup } from "./name-lookup.ts";
import { createSecureTransport } from "./secure-transport.ts";

interface DirectTransport extends Transport {
  setFleetSize(posServerCount: number): void;
}

interface DirectTransportOptions {
  limits: CallLimits;
  lookupName: NameLookup;
  /** undefined = the size of the fleet decides. */
  keepConnections: boolean | undefined;
  openFilesLimit?: number | undefined;
}

export function createDirectTransport({
  limits,
  lookupName,
  keepConnections,
  openFilesLimit = readOpenFilesLimit(),
}: DirectTransportOptions): DirectTransport {
  const secureTransport = createSecureTransport();
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

let limit: number | null = null;

/** The limit of open files of this process; an assumption where the system has none (Windows). */
export function readOpenFilesLimit(): number {
  limit ??= findLimit();
  return limit;
}

function findLimit(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | string } };
  };
  const soft = userLimits?.open_files?.soft;
  if (soft === "unlimited") return Number.POSITIVE_INFINITY;
  return typeof soft === "number" ? soft : OPEN_FILES_WHERE_UNKNOWN;
}

function canKeepConnections(posServerCount: number, openFilesLimit: number): boolean {
  return posServerCount <= Math.min(openFilesLimit * KEPT_CONNECTIONS_SHARE, MAX_KEPT_CONNECTIONS);
}
