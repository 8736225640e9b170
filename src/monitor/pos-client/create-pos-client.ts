import { failedOutcome } from "./calls/call-error.ts";
import { type CallLimits, COMMAND_LIMITS, type CommandLimits, STATUS_LIMITS } from "./calls/limits.ts";
import type { PosClient } from "./client.ts";
import { createPosCommands } from "./commands.ts";
import { createAgentHub } from "./dial-out/agent-hub.ts";
import { createDirectTransport } from "./direct/direct-transport.ts";
import { createNameLookup, type NameLookup } from "./direct/name-lookup.ts";
import { readReport } from "./read-report.ts";

export interface PosClientOptions {
  /** Whether direct connections are kept; by default the size of the fleet decides. */
  keepConnections?: boolean;
  openFilesLimit?: number;
  limits?: Partial<CallLimits>;
  commandLimits?: Partial<CommandLimits>;
  /** The monitor's clock, ms UTC. */
  now?: () => number;
  monotonicClock?: () => number;
  lookupName?: NameLookup;
}

export function createPosClient(options: PosClientOptions = {}): PosClient {
  const { keepConnections, openFilesLimit, now = Date.now, lookupName = createNameLookup() } = options;
  const monotonicClock = options.monotonicClock ?? performance.now.bind(performance);
  const limits = { ...STATUS_LIMITS, ...options.limits };
  const commandLimits = { ...COMMAND_LIMITS, ...options.commandLimits };
  const direct = createDirectTransport({ limits, lookupName, keepConnections, openFilesLimit });
  const agents = createAgentHub({ limits, now, monotonicClock });
  const transports = { direct, dial_out: agents };

  return {
    agents,
    async fetchStatus(posServer) {
      try {
        const body = await transports[posServer.connection].fetchBody(posServer, "/v1/status");
        return { ok: true, report: readReport(body, posServer), receivedAt: now() };
      } catch (error) {
        return failedOutcome(error, posServer, now());
      }
    },
    ...createPosCommands({
      open: (posServer, ...call) => transports[posServer.connection].open(posServer, ...call),
      limits: commandLimits,
      now,
    }),
    setFleetSize: direct.setFleetSize,
    forget({ id, connection }) {
      transports[connection].forget(id);
    },
    async close() {
      await Promise.all([direct.close(), agents.close()]);
    },
  };
}
