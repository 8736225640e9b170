import type { ColumnType, Generated } from "kysely";
import type { AuditAction, AuditResult } from "../../audit-log/actions.ts";

export interface SettingTable {
  key: string;
  value: string;
}

/** Append-only; only `times` and `lastAt` grow. Names are copied, so that an event says the same for ever. */
export interface AuditEventTable {
  id: Generated<number>;
  at: number;
  userId: number | null;
  userLogin: string;
  userName: string | null;
  address: string;
  action: AuditAction;
  result: AuditResult;
  subject: string | null;
  organizationId: number | null;
  posServerId: number | null;
  /** Text of events that were recorded before details were data; of no others. */
  detail: ColumnType<string | null, undefined, never>;
  /** JSON of an `AuditDetail`. */
  detailParts: string | null;
  /** How often it happened, and when last if more than once: of what is repeated at will. */
  times: Generated<number>;
  lastAt: ColumnType<number | null, undefined, number>;
  /** Equal for what is one event. */
  repeatKey: ColumnType<Uint8Array | null, Uint8Array | undefined, never>;
}
