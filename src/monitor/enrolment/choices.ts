import type { ActiveOrganization } from "../organizations/registry/active-organizations.ts";

/** The options of a select. @param first one before them all. */
export function organizationChoices(
  organizations: readonly ActiveOrganization[],
  chosen: string,
  first: string,
) {
  const options = organizations.map(({ id, name, crmId }) => [String(id), `${name}, ${crmId}`] as const);
  return [["", first] as const, ...options].map(([value, text]) => ({
    value,
    text,
    isChosen: value === chosen,
  }));
}
