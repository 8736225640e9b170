import type { StatusReport } from "../../protocol/status-report.ts";
import type { CallFailure, PosFailure } from "./calls/failure.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { createPosCommands } from "./commands.ts";
import type { AgentHub } from "./dial-out/agent-hub.ts";

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
