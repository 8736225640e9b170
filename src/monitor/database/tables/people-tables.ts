import type { Generated } from "kysely";
import type { Language } from "../../viewer/language.ts";

export interface UserTable {
  id: Generated<number>;
  /** Lower case. */
  login: string;
  name: string;
  nameSort: string;
  /** Login and name as the search box looks for them. */
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

/** A list of POS servers as somebody wants to see it again. */
export interface SavedViewTable {
  id: Generated<number>;
  userId: number;
  name: string;
  /** The address of the list: `/pos-servers?…`. */
  url: string;
}

/** A link to the wall: whoever has it sees the organizations that it names, and can do nothing. */
export interface WallTokenTable {
  id: Generated<number>;
  /** SHA-256 of the token. */
  tokenHash: Uint8Array;
  /** Where the screen is. */
  name: string;
  hasAllOrganizations: number;
  language: Language;
  timeZone: string;
  /** Who made it; the name is copied. */
  userId: number | null;
  userName: string;
  createdAt: number;
  usedAt: number | null;
}

export interface WallTokenOrganizationTable {
  wallTokenId: number;
  organizationId: number;
}

export interface SessionTable {
  id: Generated<number>;
  /** SHA-256 of the cookie's value. */
  tokenHash: Uint8Array;
  userId: number;
  createdAt: number;
  /** Last request that a person made; an automatic refresh does not count. */
  seenAt: number;
  address: string;
  browser: string;
}

export interface InvitationTable {
  userId: number;
  tokenHash: Uint8Array;
  expiresAt: number;
}
