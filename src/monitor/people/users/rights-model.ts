import { searchText } from "../../database/text.ts";
import type { UserPage } from "./user-page.ts";

/** The ticks of the right «Настройка предприятия», as stored or as ticked. */
export function rightsModel({ viewer, user, details, forms }: Omit<UserPage, "now">) {
  const { t, format } = viewer;
  const { search = "", rights = details.rights } = forms;
  const organizations = details.organizations.map((organization) => ({
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
    path: `/users/${user.id}/rights`,
    isAdministrator: user.isAdministrator,
    isUnsaved: forms.rights !== undefined,
    hasAll: rights.hasAll,
    isEmpty: organizations.length === 0,
    search,
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
