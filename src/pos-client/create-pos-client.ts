import { CallError } from "./call-error.ts";
import type { PosClient, PosServer, StatusOutcome } from "./client.ts";
import { createConnections } from "./connections.ts";
import { createConnector } from "./connector.ts";
import { withoutSecret } from "./failure.ts";
import { type CallLimits, STATUS_LIMITS } from "./limits.ts";
import { createNameLookup, type NameLookup } from "./name-lookup.ts";
import { canKeepConnections, readOpenFilesLimit } from "./open-files.ts";
import { readReport } from "./read-report.ts";
import { createSecureTransport } from "./secure-transport.ts";
import { readTarget } from "./target.ts";
import { createTlsSessions } from "./tls-sessions.ts";

export interface PosClientOptions {
  /** Whether connections are kept; by default the size of the fleet decides. */
  keepConnections?: boolean;
  openFilesLimit?: number;
  limits?: Partial<CallLimits>;
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

  return {
    async fetchStatus(posServer) {
      try {
        const body = await fetchStatusBody(posServer);
        return { ok: true, report: readReport(body, posServer), receivedAt: now() };
      } catch (error) {
        return outcomeOf(error, posServer);
      }
    },
    setFleetSize(posServerCount) {
      connections.keep(keepConnections ?? canKeepConnections(posServerCount, openFilesLimit));
    },
    forget(id) {
      connections.forget(id);
      secureTransport.forget(id);
    },
    close: () => connections.close(),
  };

  async function fetchStatusBody(posServer: PosServer): Promise<Buffer> {
    const target = readTarget(posServer);
    if (!target) throw new CallError("connect_refused", "no http or https address");
    return connections.fetchBody(target, { path: "/v1/status", token: posServer.token });
  }

  function outcomeOf(error: unknown, posServer: PosServer): StatusOutcome {
    if (!(error instanceof CallError)) throw error;
    return { ok: false, failure: withoutSecret(error.failure, posServer.token), receivedAt: now() };
  }
}
