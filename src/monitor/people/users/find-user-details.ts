import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import {
  type ActiveOrganization,
  listActiveOrganizations,
} from "../../organizations/registry/active-organizations.ts";
import type { User } from "../registry/users.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { findInvitationExpiry } from "./invitations.ts";
import { findRights, type Rights } from "./save-rights.ts";

/** What the page of a user shows besides the user. */
export interface UserDetails {
  rights: Rights;
  organizations: ActiveOrganization[];
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
    organizations: await listActiveOrganizations(db),
    invitationExpiresAt: await findInvitationExpiry(db, user.id),
    sessions: sessions.length,
  };
}
