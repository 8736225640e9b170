import type { ActiveOrganization } from "../organizations/registry/active-organizations.ts";

/** @param first the text of the empty option. */
export function organizationChoices(
  organizations: readonly ActiveOrganization[],
  chosen: string,
  first: string,
) {
  const options = organizations.map(({ id, name, crmId }) => [String(id), `${name}, ${crmId}`] as const);
  const all = [["", first] as const, ...options];
  return all.map(([value, text]) => ({ value, text, isChosen: value === chosen }));
}
