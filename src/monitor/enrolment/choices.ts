import type { Choice } from "../forms/field-model.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";

/** @param first the text of the empty option. */
export function organizationChoices(organizations: readonly ActiveOrganization[], first: string): Choice[] {
  return [["", first], ...organizations.map(({ id, name, crmId }): Choice => [id, `${name}, ${crmId}`])];
}
