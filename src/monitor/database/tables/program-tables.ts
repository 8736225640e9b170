import type { ColumnType, Generated } from "kysely";
import type { AuditAction, AuditResult } from "../../audit-log/actions.ts";

export interface SettingTable {
  key: string;
  value: string;
}

/** Append-only; only `times` and `last_at` grow. Names are copied, so that an event says the same for ever. */
export interface AuditEventTable {
  id: Generated<number>;
  at: number;
  user_id: number | null;
  user_login: string;
  user_name: string | null;
  address: string;
  action: AuditAction;
  result: AuditResult;
  subject: string | null;
  organization_id: number | null;
  pos_server_id: number | null;
  /** Text of events that were recorded before details were data; of no others. */
  detail: ColumnType<string | null, undefined, never>;
  /** JSON of an `AuditDetail`. */
  detail_parts: string | null;
  /** How often it happened, and when last if more than once: of what is repeated at will. */
  times: Generated<number>;
  last_at: ColumnType<number | null, undefined, number>;
  /** Equal for what is one event. */
  repeat_key: ColumnType<Uint8Array | null, Uint8Array | undefined, never>;
}
