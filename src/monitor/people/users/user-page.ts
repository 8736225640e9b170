import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { type User, userState } from "../registry/users.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { findInvitationExpiry } from "./invitations.ts";
import { findRights, listOrganizationsForRights, type Rights } from "./save-rights.ts";

/** What stands in the forms of a user's page when it is not what is stored. */
export interface UserPageForms {
  name?: string;
  problems?: Record<string, string>;
  /** The key of a refusal that belongs to no field. */
  refusal?: string;
  /** The key of what was done. */
  notice?: string | null;
  rights?: Rights;
  areRightsUnsaved?: boolean;
  /** Which organizations are shown; the others are there, but hidden. */
  search?: string;
}

/** Finds what a user's page shows. */
export async function userPage(
  db: Kysely<Database>,
  user: User,
  forms: UserPageForms,
  now: number,
): Promise<object> {
  const rights = forms.rights ?? (await findRights(db, user));
  const search = forms.search ?? "";
  const organizations = (await listOrganizationsForRights(db)).map((organization) => ({
    ...organization,
    isTicked: rights.organizationIds.has(organization.id),
    isShown: isOrganizationFound(organization, search),
  }));
  const expiresAt = await findInvitationExpiry(db, user.id);
  return {
    shown: user,
    state: userState(user),
    name: forms.name ?? user.name,
    problems: forms.problems ?? {},
    refusal: forms.refusal ?? null,
    notice: forms.notice ?? null,
    invitation: expiresAt === null ? null : { expiresAt, isExpired: expiresAt <= now },
    sessions: (await listSessionsOf(db, user.id, now)).length,
    organizations,
    hasAll: rights.hasAll,
    areRightsUnsaved: forms.areRightsUnsaved ?? false,
    search,
    counts: {
      shown: organizations.filter(({ isShown }) => isShown).length,
      ticked: organizations.filter(({ isTicked }) => isTicked).length,
    },
    now,
    url: `/users/${user.id}`,
  };
}

/** Whether a search for organizations finds this one, by name or CrmId. */
export function isOrganizationFound(organization: { name: string; crmId: string }, search: string): boolean {
  return searchText(organization.name, organization.crmId).includes(searchText(search));
}
