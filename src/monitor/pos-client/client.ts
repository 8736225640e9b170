import type { Readable } from "node:stream";
import type { AgentUpdate, UpdateTaken } from "../../protocol/agent-update.ts";
import type {
  DatabaseResetOrder,
  DatabaseResetReport,
  ServiceStartOrder,
  ServiceStartReport,
} from "../../protocol/commands.ts";
import type { MonitorPins } from "../../protocol/enrolment.ts";
import type {
  LogExcerpt,
  LogExcerptOrder,
  LogSearchOrder,
  LogSearchResult,
} from "../../protocol/log-lines.ts";
import type {
  ConfigurationTaken,
  LogKinds,
  LogPatternTrial,
  TaughtConfiguration,
  TaughtPatterns,
} from "../../protocol/log-patterns.ts";
import type { LogFile, LogPeriod, WantedLog } from "../../protocol/logs.ts";
import type { StatusReport } from "../../protocol/status-report.ts";
import type { CallFailure, PosFailure } from "./calls/failure.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { AgentHub } from "./dial-out/agent-hub.ts";

/** How one poll ended; `receivedAt` is the monitor's clock in ms UTC at that moment. */
export type StatusOutcome =
  | { ok: true; report: StatusReport; receivedAt: number }
  | { ok: false; failure: PosFailure; receivedAt: number };

/** How any other call ended; `receivedAt` as for a poll. */
export type CallOutcome<T> =
  | { ok: true; value: T; receivedAt: number }
  | { ok: false; failure: CallFailure; receivedAt: number };

/** Rejects like `fetchStatus`, and when its signal is aborted. */
type AgentCall<Sent, Answer> = (
  posServer: PosServer,
  sent: Sent,
  signal: AbortSignal,
) => Promise<CallOutcome<Answer>>;

/**
 * `key`: the `Idempotency-Key`; after a lost answer ask again with it. After `notAfter`, by the POS server's clock (ISO
 * 8601), it does not begin.
 */
type BeginCommand<Order, Report> = (
  posServer: PosServer,
  key: string,
  order: Order,
  notAfter?: string | null,
) => Promise<CallOutcome<Report>>;

type ReadCommand<Report> = (posServer: PosServer, key: string) => Promise<CallOutcome<Report>>;

/** Calls other than polls; periods are by the POS server's own clock (ISO 8601). */
export interface PosCommands {
  /** Log files written to within the period, newest first. */
  listLogs: AgentCall<LogPeriod, LogFile[]>;
  /**
   * A zip of log files, over a connection of its own. The caller reads it to its end, or destroys it, and limits its size.
   * An error is a `CallError` or the signal's reason; a stall of 30 s is `response_timeout`.
   */
  openLogArchive: AgentCall<WantedLog[], Readable>;
  beginDatabaseReset: BeginCommand<DatabaseResetOrder, DatabaseResetReport>;
  readDatabaseReset: ReadCommand<DatabaseResetReport>;
  beginServiceStart: BeginCommand<ServiceStartOrder, ServiceStartReport>;
  readServiceStart: ReadCommand<ServiceStartReport>;
  /** Stops the service and starts it. */
  beginServiceRestart: BeginCommand<ServiceStartOrder, ServiceStartReport>;
  readServiceRestart: ReadCommand<ServiceStartReport>;
  /** The most frequent kinds of log lines of the period. */
  listLogKinds: AgentCall<LogPeriod, LogKinds>;
  /** The entries of a log around an error or a success. */
  readLogExcerpt: AgentCall<LogExcerptOrder, LogExcerpt>;
  /** Tries patterns on the last day of the log; nothing is stored. */
  tryLogPatterns: AgentCall<TaughtPatterns, LogPatternTrial>;
  /** Counts what a text is found in; an agent that is left stops. */
  searchLogs: AgentCall<LogSearchOrder, LogSearchResult>;
  /** Sends an agent its configuration; the same may be sent again. */
  putConfiguration: AgentCall<TaughtConfiguration, ConfigurationTaken>;
  /** Has an agent restart with another version, as its next report says. The same may be sent again. */
  postAgentUpdate: AgentCall<AgentUpdate, UpdateTaken>;
  /** Sends a connected agent the keys of the monitor to accept; it answers with those. */
  putMonitorPins: AgentCall<MonitorPins, MonitorPins>;
}

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
