import { searchText } from "../../database/text.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { Rights } from "./save-rights.ts";
import type { UserPage } from "./user-page.ts";

/** Organizations with a tick for each. */
export interface Ticks {
  organizations: readonly ActiveOrganization[];
  rights: Rights;
  /** Which are shown; the others are there, but hidden. */
  search: string;
  /** Whether the form has an answer for its search and its buttons without JavaScript. */
  canBeSearchedOnServer: boolean;
}

/** The ticks of the right «Настройка предприятия», as stored or as ticked. */
export function rightsModel({ viewer, user, details, forms }: Omit<UserPage, "now">) {
  const { search = "", rights = details.rights } = forms;
  const { organizations } = details;
  return {
    ...ticksModel(viewer, { organizations, rights, search, canBeSearchedOnServer: true }),
    path: `/users/${user.id}/rights`,
    isAdministrator: user.isAdministrator,
    isUnsaved: forms.rights !== undefined,
  };
}

/** Organizations to tick, as `people/users/_ticks` shows them. */
export function ticksModel({ t, format }: Viewer, ticks: Ticks) {
  const { rights, search, canBeSearchedOnServer } = ticks;
  const organizations = ticks.organizations.map((organization) => ({
    id: organization.id,
    name: organization.name,
    crmId: t("posServers.crmId", { crmId: organization.crmId }),
    find: `${organization.name} ${organization.crmId}`,
    isTicked: rights.organizationIds.has(organization.id),
    isShown: isOrganizationFound(organization, search),
  }));
  const shown = organizations.filter(({ isShown }) => isShown).length;
  const ticked = organizations.filter(({ isTicked }) => isTicked).length;
  const counts = t("users.ticked");
  return {
    // Within a template that is included, too.
    t,
    hasAll: rights.hasAll,
    isEmpty: organizations.length === 0,
    search,
    canBeSearchedOnServer,
    steps: [
      { step: "all", text: t("users.tickAll") },
      { step: "none", text: t("users.tickNone") },
    ],
    counts: {
      /** With `{shown}` and `{ticked}`, where public/js/rights.js puts the numbers. */
      pattern: counts,
      text: counts.replace("{shown}", format.number(shown)).replace("{ticked}", format.number(ticked)),
    },
    organizations,
  };
}

/** Whether a search for organizations finds this one, by name or CrmId. */
export function isOrganizationFound(organization: { name: string; crmId: string }, search: string): boolean {
  return searchText(organization.name, organization.crmId).includes(searchText(search));
}
