import { Type } from "typebox";
import { searchText } from "../../database/text.ts";
import { readForm, Texts, Tick } from "../../forms/fields.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { Rights } from "./save-rights.ts";

interface Ticks {
  organizations: readonly ActiveOrganization[];
  rights: Rights;
  /** Hides the organizations that it does not find. */
  search: string;
  /** Whether the server answers search and buttons without JavaScript. */
  canBeSearchedOnServer: boolean;
}

/** Room for some ten thousand ticks. */
export const MAX_RIGHTS_FORM_BYTES = 256 * 1024;

export const RIGHTS_FIELDS = { allOrganizations: Tick, organization: Texts };

export const NO_RIGHTS: Rights = { hasAll: false, organizationIds: new Set() };

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
  /** With `{shown}` and `{ticked}`, where public/js/rights.js puts the numbers. */
  const pattern = t("users.ticked");
  return {
    hasAll: rights.hasAll,
    isEmpty: organizations.length === 0,
    search,
    canBeSearchedOnServer,
    steps: [
      { step: "all", text: t("users.tickAll") },
      { step: "none", text: t("users.tickNone") },
    ],
    counts: {
      pattern,
      text: pattern.replace("{shown}", format.number(shown)).replace("{ticked}", format.number(ticked)),
    },
    organizations,
  };
}

/** Whether a search for organizations finds this one, by name or CrmId. */
export function isOrganizationFound(organization: { name: string; crmId: string }, search: string): boolean {
  return searchText(organization.name, organization.crmId).includes(searchText(search));
}

export function readTicks(body: unknown): Rights {
  return rightsOf(readForm(Type.Object(RIGHTS_FIELDS), body));
}

/** The rights that are ticked in a form; ids that no organization has do no harm. */
export function rightsOf(ticks: { allOrganizations: boolean; organization: string[] }): Rights {
  return { hasAll: ticks.allOrganizations, organizationIds: new Set(ticks.organization.map(Number)) };
}
