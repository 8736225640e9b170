import type { Generated } from "kysely";
import type { ResetStep, ServiceStartReport } from "../../../protocol/commands.ts";
import type { BatchKind } from "../../batches/kinds.ts";
import type { DatabaseResetStep } from "../../repairs/database-resets/step.ts";

/** Common to all requests: open until `finishedAt`, claimed while a runner works on them. */
export interface RequestColumns {
  id: Generated<number>;
  posServerId: number;
  requestedAt: number;
  userId: number | null;
  userLogin: string;
  userName: string | null;
  userAddress: string;
  /** Why it failed; while it is open, what keeps it from going on. */
  failureCode: string | null;
  failureDetail: string | null;
  finishedAt: number | null;
  /** Until then it may be sent to an agent that dials out; null = the POS server is called by its address. */
  expiresAt: number | null;
  /** Since when it waits for its agent; null = it does not. */
  waitsSince: number | null;
  /** The run of the monitor that works on it. */
  claimedBy: string | null;
}

export interface LogRequestTable extends RequestColumns {
  fromAt: number;
  toAt: number;
  maxBytes: number;
  /** `done`: every archive is there; `failed`: some may be, and can be downloaded. */
  status: "queued" | "running" | "done" | "failed" | "cancelled";
  /** Before compression; null until the POS server has listed them. */
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

/** The zips of a request, planned before they are fetched. */
export interface LogArchiveTable {
  id: Generated<number>;
  logRequestId: number;
  /** From 1. */
  position: number;
  /** `YYYY-MM-DD` of the POS server's clock, and the number within the day, from 1. */
  day: string;
  number: number;
  /** JSON of its `PlannedFile`s. */
  files: string;
  logFiles: number;
  logBytes: number;
  /** Only one that is `done` can be downloaded. */
  status: "planned" | "done" | "failed";
  attempts: Generated<number>;
  failureCode: string | null;
  failureDetail: string | null;
  /** Relative to ARCHIVE_DIR, with `/`; null until it is whole and in place. */
  path: string | null;
  zipBytes: number | null;
  /** Hexadecimal, lower case. */
  sha256: string | null;
  finishedAt: number | null;
  removedAt: number | null;
}

export interface DatabaseResetTable extends RequestColumns {
  /** `Idempotency-Key` of the call to the POS server. */
  idempotencyKey: string;
  /** What was typed to confirm it. */
  confirmation: string;
  /** `posServerId` of the confirmed POS server: no other is reset in its place. */
  identity: string;
  /** The confirmed process of its agent, which no other may replace; null = it did not name itself. */
  agentMachine: string | null;
  fetchLogs: number;
  startService: number;
  logRequestId: number | null;
  step: DatabaseResetStep;
  stepAt: number;
  /** When the command was sent; null = the POS server surely did not get it. */
  begunAt: number | null;
  /** How far the POS server itself is. */
  commandStep: ResetStep | null;
  /** When the database was moved away, by the monitor's clock. */
  resetAt: number | null;
  /** JSON of `{ name, bytes }`. */
  movedFiles: Generated<string>;
  movedBytes: Generated<number>;
  followedAt: number | null;
  /** The exchange that proved it, by the monitor's clock. */
  syncedAt: number | null;
  /** Since when the service ran; null in older resets. */
  runsAt: number | null;
}

/** Append-only. */
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
  /** 1 = the service is stopped first. */
  isRestart: Generated<number>;
  /** How far the POS server is with a restart. */
  commandStep: ServiceStartReport["step"] | null;
  idempotencyKey: string;
  status: "queued" | "running" | "done" | "failed";
  /** When the command was sent; null = the POS server surely did not get it. */
  startedAt: number | null;
  /** The exchange after it: `awaited`, then `restored`, or `late` if it took too long; null = unknown. */
  exchange: "awaited" | "restored" | "late" | null;
  /** The exchange that proved it, by the monitor's clock. */
  syncedAt: number | null;
  /** Since when the service ran; null in older starts. */
  runsAt: number | null;
}

/** Lines of a log around the beginning or the end of an error. */
export interface LogExcerptTable {
  id: Generated<number>;
  posServerId: number;
  kind: "failure" | "recovery";
  /** When the monitor saw it in a report. */
  noticedAt: number;
  /** The error, or the exchange that ended it, by the POS server's clock (ISO 8601) as reported; null = unknown. */
  reportedAt: string | null;
  /** The error as it was reported; empty for a recovery. */
  text: string;
  /** When it is to be fetched next. */
  dueAt: number;
  attempts: Generated<number>;
  failureCode: string | null;
  failureDetail: string | null;
  /** The monitor's clock less that of the POS server. */
  clockShiftMs: number;
  /** null = not fetched, or no log has such a line. */
  file: string | null;
  /** `packEntries` of the entries. */
  entries: Uint8Array | null;
  finishedAt: number | null;
  claimedBy: string | null;
}

/** Something that was asked for many POS servers at once. */
export interface BatchTable {
  id: Generated<number>;
  kind: BatchKind;
  /** JSON of what the kind needs. */
  params: string;
  requestedAt: number;
  userId: number | null;
  userLogin: string;
  userName: string | null;
  userAddress: string;
  /** How many of the chosen ones its maker could not see any more. */
  unseen: number;
  stoppedAt: number | null;
}

export interface BatchItemTable {
  id: Generated<number>;
  batchId: number;
  posServerId: number;
  position: number;
  /** `left_out`: nothing was begun, and nothing will be. */
  status: "queued" | "running" | "done" | "failed" | "left_out";
  /** Why it failed or was left out; of a poll that was answered, null. */
  code: string | null;
  detail: string | null;
  /** Of what it waits for: a request for logs, a start of the service. */
  requestId: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  claimedBy: string | null;
}

export interface LogSearchTable {
  id: Generated<number>;
  userId: number;
  /** Whose error it began with. */
  posServerId: number | null;
  text: string;
  fromAt: number;
  toAt: number;
  /** As the form sends it: empty = all POS servers, `organization-12`, `tag-3`. */
  place: string;
  requestedAt: number;
  stoppedAt: number | null;
}

/** What one POS server found. */
export interface LogSearchItemTable {
  logSearchId: number;
  posServerId: number;
  /** `away`: asked again when it is back; `left_out`: not to be asked. */
  status: "queued" | "away" | "done" | "failed" | "left_out";
  code: string | null;
  detail: string | null;
  askedAt: number | null;
  count: Generated<number>;
  firstAt: number | null;
  lastAt: number | null;
  /** JSON of `BarCounts`. */
  bars: string | null;
  /** The newest entry around the text, masked, its time by the POS server's own clock, and its file. */
  line: string | null;
  lineAt: number | null;
  file: string | null;
  unreadFiles: Generated<number>;
  unreadBytes: Generated<number>;
}
