import type { Db } from "../../database/schema.ts";
import {
  type ActiveOrganization,
  listActiveOrganizations,
} from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { User } from "../registry/users.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { findInvitationExpiry } from "./invitations.ts";
import { findRights, type Rights } from "./save-rights.ts";

/** What stands in the forms of a user's page when it is not what is stored. */
export interface UserForms {
  name?: string;
  problems?: Record<string, string>;
  /** The key of a refusal that belongs to no field. */
  refusal?: string;
  /** The key of what was done. */
  notice?: string | null;
  /** Ticks that are not saved yet. */
  rights?: Rights;
  /** Which organizations are shown; the others are there, but hidden. */
  search?: string;
}

export interface UserPage {
  viewer: Viewer;
  user: User;
  details: UserDetails;
  forms: UserForms;
  now: number;
}

/** What the page of a user shows besides the user. */
interface UserDetails {
  rights: Rights;
  organizations: ActiveOrganization[];
  /** Until when their link can be used (ms UTC, it may be over); null = they have none. */
  invitationExpiresAt: number | null;
  /** How many sessions are open. */
  sessions: number;
}

/** Finds what the page of a user shows at `now` (ms UTC). */
export async function findUserDetails(db: Db, user: User, now: number): Promise<UserDetails> {
  const sessions = await listSessionsOf(db, user.id, now);
  return {
    rights: await findRights(db, user),
    organizations: await listActiveOrganizations(db),
    invitationExpiresAt: await findInvitationExpiry(db, user.id),
    sessions: sessions.length,
  };
}
