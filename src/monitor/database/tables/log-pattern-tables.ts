import type { Generated } from "kysely";
import type { TeachingFailureCode } from "../../log-patterns/sending/teaching-failure.ts";

/** What administrators taught about the lines of logs. Of those that were not taken back the newest is in force. */
export interface LogPatternSetTable {
  id: Generated<number>;
  /** null = for all POS servers. */
  pos_server_id: number | null;
  /** JSON of `TaughtPatterns`. */
  patterns: string;
  /** From whose log; null = it is gone. The name is copied. */
  source_pos_server_id: number | null;
  source_name: string;
  user_id: number | null;
  user_name: string;
  taught_at: number;
  taken_back_at: number | null;
  taken_back_by: string | null;
}

/** The last attempt to teach an agent. */
export interface LogPatternDeliveryTable {
  pos_server_id: number;
  /** What it was to be taught; empty = nothing. */
  configuration_id: string;
  /** Why it did not take that; null = it did. */
  failure_code: TeachingFailureCode | null;
  failure_detail: string | null;
  /** The last `configuration_id` of which the audit log says that the agent refuses it; null = none since it took one. */
  recorded_refusal_id: string | null;
}
