import type { Generated } from "kysely";
import type { Language } from "../../viewer/language.ts";

export interface UserTable {
  id: Generated<number>;
  /** Lower case. */
  login: string;
  name: string;
  name_sort: string;
  /** Login and name as the search box looks for them. */
  search_text: string;
  /** argon2id; null until an invitation is accepted. */
  password_hash: string | null;
  is_administrator: number;
  is_blocked: number;
  /** The right «Настройка предприятия» for all organizations, present and future. */
  has_all_organizations: number;
  /** null = as the browser says. */
  language: Language | null;
  time_zone: string | null;
  created_at: number;
}

/** The right «Настройка предприятия» of a user for an organization. */
export interface UserOrganizationTable {
  user_id: number;
  organization_id: number;
}

/** A list of POS servers as somebody wants to see it again. */
export interface SavedViewTable {
  id: Generated<number>;
  user_id: number;
  name: string;
  /** The address of the list: `/pos-servers?…`. */
  url: string;
}

/** A link to the wall: whoever has it sees the organizations that it names, and can do nothing. */
export interface WallTokenTable {
  id: Generated<number>;
  /** SHA-256 of the token. */
  token_hash: Uint8Array;
  /** Where the screen is. */
  name: string;
  has_all_organizations: number;
  language: Language;
  time_zone: string;
  /** Who made it; the name is copied. */
  user_id: number | null;
  user_name: string;
  created_at: number;
  used_at: number | null;
}

export interface WallTokenOrganizationTable {
  wall_token_id: number;
  organization_id: number;
}

export interface SessionTable {
  id: Generated<number>;
  /** SHA-256 of the cookie's value. */
  token_hash: Uint8Array;
  user_id: number;
  created_at: number;
  /** Last request that a person made; an automatic refresh does not count. */
  seen_at: number;
  address: string;
  browser: string;
}

export interface InvitationTable {
  user_id: number;
  token_hash: Uint8Array;
  expires_at: number;
}
