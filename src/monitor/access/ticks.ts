import { Type } from "typebox";
import { readForm, Texts, Tick } from "../forms/fields.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Rights } from "./save-rights.ts";

/** Room for some ten thousand ticks. */
export const MAX_RIGHTS_FORM_BYTES = 256 * 1024;

const RightsFields = Type.Object({ allOrganizations: Tick, organization: Texts });

export const NO_RIGHTS: Rights = { hasAll: false, organizationIds: new Set() };

/** Organizations to tick, as `people/users/_ticks` shows them. */
export function ticksModel(
  { t, format }: Viewer,
  { organizations, rights }: { organizations: readonly ActiveOrganization[]; rights: Rights },
) {
  const rows = organizations.map((organization) => ({
    id: organization.id,
    name: organization.name,
    crmId: t("posServers.crmId", { crmId: organization.crmId }),
    find: `${organization.name} ${organization.crmId}`,
    isTicked: rights.organizationIds.has(organization.id),
  }));
  const ticked = rows.filter(({ isTicked }) => isTicked).length;
  /** With `{shown}` and `{ticked}`, where public/js/rights.js puts the numbers. */
  const pattern = t("users.ticked");
  return {
    hasAll: rights.hasAll,
    isEmpty: rows.length === 0,
    steps: [
      { step: "all", text: t("users.tickAll") },
      { step: "none", text: t("users.tickNone") },
    ],
    counts: {
      pattern,
      text: pattern.replace("{shown}", format.number(rows.length)).replace("{ticked}", format.number(ticked)),
    },
    organizations: rows,
  };
}

/** The rights that are ticked in a form; ids that no organization has do no harm. */
export function readTicks(body: unknown): Rights {
  const { allOrganizations, organization } = readForm(RightsFields, body);
  return { hasAll: allOrganizations, organizationIds: new Set(organization.map(Number)) };
}
