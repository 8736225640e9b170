import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { User } from "../registry/users.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { findInvitationExpiry } from "./invitations.ts";
import {
  findRights,
  listOrganizationsForRights,
  type OrganizationOfRights,
  type Rights,
} from "./save-rights.ts";

/** What the page of a user shows besides the user. */
export interface UserDetails {
  rights: Rights;
  organizations: OrganizationOfRights[];
  /** Until when their link can be used (ms UTC, it may be over); null = they have none. */
  invitationExpiresAt: number | null;
  /** How many sessions are open. */
  sessions: number;
}

/** Finds what the page of a user shows at `now` (ms UTC). */
export async function findUserDetails(db: Kysely<Database>, user: User, now: number): Promise<UserDetails> {
  const sessions = await listSessionsOf(db, user.id, now);
  return {
    rights: await findRights(db, user),
    organizations: await listOrganizationsForRights(db),
    invitationExpiresAt: await findInvitationExpiry(db, user.id),
    sessions: sessions.length,
  };
}
