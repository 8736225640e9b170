import type { StatusReport } from "../../protocol/status-report.ts";
import { failedOutcome } from "./calls/call-error.ts";
import type { CallFailure, PosFailure } from "./calls/failure.ts";
import { type CallLimits, COMMAND_LIMITS, type CommandLimits, STATUS_LIMITS } from "./calls/limits.ts";
import type { PosServer } from "./calls/pos-server.ts";
import { createPosCommands } from "./commands.ts";
import { type AgentHub, createAgentHub } from "./dial-out/agent-hub.ts";
import { createDirectTransport } from "./direct/direct-transport.ts";
import { createNameLookup, type NameLookup } from "./direct/name-lookup.ts";
import { readReport } from "./read-answer.ts";

/** How one poll ended; `receivedAt` is the monitor's clock in ms UTC at that moment. */
export type StatusOutcome =
  | { ok: true; report: StatusReport; receivedAt: number }
  | { ok: false; failure: PosFailure; receivedAt: number };

/** How any other call ended; `receivedAt` as for a poll. */
export type CallOutcome<T> =
  | { ok: true; value: T; receivedAt: number }
  | { ok: false; failure: CallFailure; receivedAt: number };

/** Calls other than polls. */
export type PosCommands = ReturnType<typeof createPosCommands>;

/** Calls to POS servers, whichever way they are reached. */
export interface PosClient extends PosCommands {
  agents: AgentHub;
  /**
   * All that a POS server or the way to it does wrong is an outcome. A rejection says nothing about the POS server: the
   * client was closed (`PosClientClosedError`), or has a defect to be logged.
   */
  fetchStatus(posServer: PosServer): Promise<StatusOutcome>;
  /** Sets the number of POS servers that are polled, which decides whether connections are kept. */
  setFleetSize(posServerCount: number): void;
  /** Closes kept connections to a POS server that was changed or removed, as it was reached before. */
  forget(posServer: Pick<PosServer, "id" | "connection">): void;
  close(): Promise<void>;
}

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
