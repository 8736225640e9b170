import type { PosClient, PosServer } from "./client.ts";
import { createPosCommands } from "./commands.ts";
import { createConnections } from "./connections.ts";
import { createConnector } from "./connector.ts";
import { type CallLimits, COMMAND_LIMITS, type CommandLimits, STATUS_LIMITS } from "./limits.ts";
import { createNameLookup, type NameLookup } from "./name-lookup.ts";
import { canKeepConnections, readOpenFilesLimit } from "./open-files.ts";
import { failedOutcome } from "./outcome.ts";
import { createOwnCalls } from "./own-calls.ts";
import { readReport } from "./read-report.ts";
import { createSecureTransport } from "./secure-transport.ts";
import { readTarget } from "./target.ts";
import { createTlsSessions } from "./tls-sessions.ts";

export interface PosClientOptions {
  /** Whether connections are kept; by default the size of the fleet decides. */
  keepConnections?: boolean;
  openFilesLimit?: number;
  /** Bounds of a poll. */
  limits?: Partial<CallLimits>;
  commandLimits?: Partial<CommandLimits>;
  /** The monitor's clock, ms UTC. */
  now?: () => number;
  lookupName?: NameLookup;
}

/** Makes the client that calls POS servers directly, over HTTP or HTTPS. */
export function createPosClient(options: PosClientOptions = {}): PosClient {
  const { keepConnections, now = Date.now, lookupName = createNameLookup() } = options;
  const limits = { ...STATUS_LIMITS, ...options.limits };
  const openFilesLimit = options.openFilesLimit ?? readOpenFilesLimit();
  const secureTransport = createSecureTransport(createTlsSessions());
  const connector = createConnector({
    connectTimeoutMs: limits.connectTimeoutMs,
    lookupName,
    secureTransport,
  });
  const connections = createConnections(connector, limits);
  connections.keep(keepConnections ?? false);
  const ownCalls = createOwnCalls(connector);
  const commandLimits = { ...COMMAND_LIMITS, ...options.commandLimits };

  return {
    async fetchStatus(posServer) {
      try {
        const body = await fetchStatusBody(posServer);
        return { ok: true, report: readReport(body, posServer), receivedAt: now() };
      } catch (error) {
        return failedOutcome(error, posServer, now());
      }
    },
    ...createPosCommands({ ownCalls, limits: commandLimits, now }),
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

  async function fetchStatusBody(posServer: PosServer): Promise<Buffer> {
    const target = readTarget(posServer);
    return connections.fetchBody(target, { path: "/v1/status", token: posServer.token });
  }
}
