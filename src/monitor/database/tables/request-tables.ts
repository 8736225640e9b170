import type { Generated } from "kysely";
import type { ResetStep } from "../../../protocol/commands.ts";
import type { LogArchiveStatus, LogRequestStatus } from "../../log-archives/outcome/status.ts";
import type { DatabaseResetStep } from "../../repairs/database-resets/step.ts";
import type { ServiceStartStatus, StartExchange } from "../../repairs/service-starts/status.ts";

/** What a runner works through: open until it is finished, claimed while that works on it. */
export interface RequestColumns {
  id: Generated<number>;
  posServerId: number;
  requestedAt: number;
  /** Who asked, as in the audit log. */
  userId: number | null;
  userLogin: string;
  userName: string | null;
  userAddress: string;
  /** Why it failed; while it is open, what keeps it from going on. */
  failureCode: string | null;
  failureDetail: string | null;
  finishedAt: number | null;
  /** After this an agent that dials out is not told any more; null = the POS server was called by its address. */
  expiresAt: number | null;
  /** Since when it waits for an agent that is away, having been told nothing; null = it does not. */
  waitsSince: number | null;
  /** The run of the monitor that works on it; one that has ended does so no more. */
  claimedBy: string | null;
}

export interface LogRequestTable extends RequestColumns {
  fromAt: number;
  toAt: number;
  maxBytes: number;
  status: LogRequestStatus;
  /** Of logs, before compression; null until the POS server has listed them. */
  plannedFiles: number | null;
  plannedBytes: number | null;
  receivedFiles: Generated<number>;
  receivedBytes: Generated<number>;
  /** JSON of the first `LeftOutFile`s; the numbers count all of them. */
  leftOut: Generated<string>;
  leftOutFiles: Generated<number>;
  leftOutBytes: Generated<number>;
  startedAt: number | null;
}

/** One zip of a request, planned before it is fetched. */
export interface LogArchiveTable {
  id: Generated<number>;
  logRequestId: number;
  /** Order in which they are fetched and shown, from 1. */
  position: number;
  /** `YYYY-MM-DD` of the POS server's clock, and the number within the day, from 1. */
  day: string;
  number: number;
  /** JSON of the `PlannedFile`s in it. */
  files: string;
  logFiles: number;
  logBytes: number;
  status: LogArchiveStatus;
  attempts: Generated<number>;
  failureCode: string | null;
  failureDetail: string | null;
  /** Relative to ARCHIVE_DIR, with `/`; null until it is whole and in place. */
  path: string | null;
  zipBytes: number | null;
  /** Hexadecimal, lower case. */
  sha256: string | null;
  finishedAt: number | null;
  /** When its file was removed because its time was over. */
  removedAt: number | null;
}

export interface DatabaseResetTable extends RequestColumns {
  /** `Idempotency-Key` of the call to the POS server. */
  idempotencyKey: string;
  /** What was typed to confirm it. */
  confirmation: string;
  /** `posServerId` of the one that it was confirmed for, so that no other is reset in its place. */
  identity: string;
  /** The process of its agent that had reported then, which no other stands in for; null = it did not name itself. */
  agentMachine: string | null;
  fetchLogs: number;
  startService: number;
  logRequestId: number | null;
  step: DatabaseResetStep;
  stepAt: number;
  /** When the POS server may first have been told; null = it surely was not. */
  begunAt: number | null;
  /** How far the POS server itself says that it is. */
  commandStep: ResetStep | null;
  /** When the database was moved away, by the monitor's clock. */
  resetAt: number | null;
  /** JSON of `{ name, bytes }`. */
  movedFiles: Generated<string>;
  movedBytes: Generated<number>;
  /** When the POS server was last asked whether its exchange works. */
  followedAt: number | null;
  /** The exchange that proved it, by the monitor's clock. */
  syncedAt: number | null;
  /** Since when the service ran that made it; null where nobody kept it. */
  runsAt: number | null;
}

/** Append-only: when a reset came to which step. */
export interface DatabaseResetStepTable {
  id: Generated<number>;
  databaseResetId: number;
  step: DatabaseResetStep;
  at: number;
  detail: string | null;
}

export interface ServiceStartTable extends RequestColumns {
  /** The reset that waited for it. */
  databaseResetId: number | null;
  idempotencyKey: string;
  status: ServiceStartStatus;
  /** When the POS server may first have been told; null = it surely was not. */
  startedAt: number | null;
  /** What became of the exchange after it; null = that is not told of this start. */
  exchange: StartExchange | null;
  /** The exchange that proved that it works again, by the monitor's clock. */
  syncedAt: number | null;
  /** Since when the service ran that made it; null where nobody kept it. */
  runsAt: number | null;
}
