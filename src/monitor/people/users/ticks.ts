import { searchText } from "../../database/text.ts";
import { isChecked } from "../../forms/fields.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { Rights } from "./save-rights.ts";

/** Organizations with a tick for each. */
interface Ticks {
  organizations: readonly ActiveOrganization[];
  rights: Rights;
  /** Which are shown; the others are there, but hidden. */
  search: string;
  /** Whether the form has an answer for its search and its buttons without JavaScript. */
  canBeSearchedOnServer: boolean;
}

/** A tick for each of some ten thousand organizations. */
export const MAX_RIGHTS_FORM_BYTES = 256 * 1024;

/** Nothing is ticked. */
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

/** Reads the ticks of a posted form; ids that no organization has are of no consequence. */
export function readTicks(body: unknown): Rights {
  const given = (body as { organization?: unknown } | null)?.organization ?? [];
  return {
    hasAll: isChecked(body, "allOrganizations"),
    organizationIds: new Set([given].flat().map(Number)),
  };
}
