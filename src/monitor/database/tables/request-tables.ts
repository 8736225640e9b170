import type { Generated } from "kysely";
import type { ResetStep } from "../../../protocol/commands.ts";
import type { LogArchiveStatus, LogRequestStatus } from "../../log-archives/outcome/status.ts";
import type { DatabaseResetStep } from "../../repairs/database-resets/step.ts";
import type { ServiceStartStatus, StartExchange } from "../../repairs/service-starts/status.ts";

/** What a runner works through: open until it is finished, claimed while that works on it. */
export interface RequestColumns {
  id: Generated<number>;
  pos_server_id: number;
  requested_at: number;
  /** Who asked, as in the audit log. */
  user_id: number | null;
  user_login: string;
  user_name: string | null;
  user_address: string;
  /** Why it failed; while it is open, what keeps it from going on. */
  failure_code: string | null;
  failure_detail: string | null;
  finished_at: number | null;
  /** After this an agent that dials out is not told any more; null = the POS server was called by its address. */
  expires_at: number | null;
  /** Since when it waits for an agent that is away, having been told nothing; null = it does not. */
  waits_since: number | null;
  /** The run of the monitor that works on it; one that has ended does so no more. */
  claimed_by: string | null;
}

export interface LogRequestTable extends RequestColumns {
  from_at: number;
  to_at: number;
  max_bytes: number;
  status: LogRequestStatus;
  /** Of logs, before compression; null until the POS server has listed them. */
  planned_files: number | null;
  planned_bytes: number | null;
  received_files: Generated<number>;
  received_bytes: Generated<number>;
  /** JSON of the first `LeftOutFile`s; the numbers count all of them. */
  left_out: Generated<string>;
  left_out_files: Generated<number>;
  left_out_bytes: Generated<number>;
  started_at: number | null;
}

/** One zip of a request, planned before it is fetched. */
export interface LogArchiveTable {
  id: Generated<number>;
  log_request_id: number;
  /** Order in which they are fetched and shown, from 1. */
  position: number;
  /** `YYYY-MM-DD` of the POS server's clock, and the number within the day, from 1. */
  day: string;
  number: number;
  /** JSON of the `PlannedFile`s in it. */
  files: string;
  log_files: number;
  log_bytes: number;
  status: LogArchiveStatus;
  attempts: Generated<number>;
  failure_code: string | null;
  failure_detail: string | null;
  /** Relative to ARCHIVE_DIR, with `/`; null until it is whole and in place. */
  path: string | null;
  zip_bytes: number | null;
  /** Hexadecimal, lower case. */
  sha256: string | null;
  finished_at: number | null;
  /** When its file was removed because its time was over. */
  removed_at: number | null;
}

export interface DatabaseResetTable extends RequestColumns {
  /** `Idempotency-Key` of the call to the POS server. */
  idempotency_key: string;
  /** What was typed to confirm it. */
  confirmation: string;
  /** `posServerId` of the one that it was confirmed for, so that no other is reset in its place. */
  identity: string;
  /** The process of its agent that had reported then, which no other stands in for; null = it did not name itself. */
  agent_machine: string | null;
  fetch_logs: number;
  start_service: number;
  log_request_id: number | null;
  step: DatabaseResetStep;
  step_at: number;
  /** When the POS server may first have been told; null = it surely was not. */
  begun_at: number | null;
  /** How far the POS server itself says that it is. */
  command_step: ResetStep | null;
  /** When the database was moved away, by the monitor's clock. */
  reset_at: number | null;
  /** JSON of `{ name, bytes }`. */
  moved_files: Generated<string>;
  moved_bytes: Generated<number>;
  /** When the POS server was last asked whether its exchange works. */
  followed_at: number | null;
  /** The exchange that proved it, by the monitor's clock. */
  synced_at: number | null;
  /** Since when the service ran that made it; null where nobody kept it. */
  runs_at: number | null;
}

/** Append-only: when a reset came to which step. */
export interface DatabaseResetStepTable {
  id: Generated<number>;
  database_reset_id: number;
  step: DatabaseResetStep;
  at: number;
  detail: string | null;
}

export interface ServiceStartTable extends RequestColumns {
  /** The reset that waited for it. */
  database_reset_id: number | null;
  idempotency_key: string;
  status: ServiceStartStatus;
  /** When the POS server may first have been told; null = it surely was not. */
  started_at: number | null;
  /** What became of the exchange after it; null = that is not told of this start. */
  exchange: StartExchange | null;
  /** The exchange that proved that it works again, by the monitor's clock. */
  synced_at: number | null;
  /** Since when the service ran that made it; null where nobody kept it. */
  runs_at: number | null;
}
