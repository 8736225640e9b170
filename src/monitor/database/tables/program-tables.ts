import type { ColumnType, Generated } from "kysely";
import type { AuditAction, AuditResult } from "../../audit-log/actions.ts";

export interface SettingTable {
  key: string;
  value: string;
}

/** Append-only; only `times` and `lastAt` grow. Names are copied, so that an event never changes. */
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
  /** JSON of an `AuditDetail`. */
  detail: string | null;
  /** Of the batch that it is a part of. */
  batchId: ColumnType<number | null, number | null | undefined, never>;
  times: Generated<number>;
  lastAt: ColumnType<number | null, undefined, number>;
  /** Equal for repetitions of one event. */
  repeatKey: ColumnType<Uint8Array | null, Uint8Array | undefined, never>;
}
