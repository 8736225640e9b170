import type { ColumnType, Generated } from "kysely";
import type { AuditAction, AuditResult } from "../../audit-log/actions.ts";
import type { Language } from "../../viewer/language.ts";

export interface UserTable {
  id: Generated<number>;
  /** Lower case. */
  login: string;
  name: string;
  nameSort: string;
  searchText: string;
  /** argon2id; null until an invitation is accepted. */
  passwordHash: string | null;
  isAdministrator: number;
  isBlocked: number;
  /** The right «Настройка предприятия» for all organizations, present and future. */
  hasAllOrganizations: number;
  /** null = as the browser says. */
  language: Language | null;
  timeZone: string | null;
  createdAt: number;
}

/** The right «Настройка предприятия» of a user for an organization. */
export interface UserOrganizationTable {
  userId: number;
  organizationId: number;
}

export interface SavedViewTable {
  id: Generated<number>;
  userId: number;
  name: string;
  /** The address of the list: `/pos-servers?…`. */
  url: string;
}

/** Links to the wall, and tokens by which programs use the API. */
export interface AccessTokenTable {
  id: Generated<number>;
  kind: "api" | "wall";
  tokenHash: Uint8Array;
  /** Of the program, or of the place where the screen is. */
  name: string;
  /** Separated by spaces; null = all, present and future. */
  organizationIds: string | null;
  /** Of the API, separated by spaces. */
  scopes: string | null;
  endsAt: number;
  /** Of the wall. */
  language: Language | null;
  timeZone: string | null;
  /** null = made at the command line. */
  userId: number | null;
  userName: string;
  createdAt: number;
  usedAt: number | null;
}

export interface SessionTable {
  id: Generated<number>;
  tokenHash: Uint8Array;
  userId: number;
  createdAt: number;
  /** The last request of a person; automatic refreshes do not count. */
  seenAt: number;
  address: string;
  browser: string;
}

export interface InvitationTable {
  userId: number;
  tokenHash: Uint8Array;
  expiresAt: number;
}

/** Whom the report of each week is sent to by mail. */
export interface ReportSubscriptionTable {
  id: Generated<number>;
  userId: number;
  /** null = all that the user may see. */
  organizationId: number | null;
  /** null = with any tags. */
  tagId: number | null;
  /** The Monday (`YYYY-MM-DD`) of the last week that was reported; null = none yet. */
  lastWeek: string | null;
}

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
