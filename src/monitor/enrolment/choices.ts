import type { ActiveOrganization } from "../organizations/registry/active-organizations.ts";

/** An option of a select. */
export interface Choice {
  value: string;
  text: string;
  isChosen: boolean;
}

/** @param first an option before them all. */
export function organizationChoices(
  organizations: readonly ActiveOrganization[],
  chosen: string,
  first: string,
): Choice[] {
  const options = organizations.map(({ id, name, crmId }) => ({
    value: String(id),
    text: `${name}, ${crmId}`,
  }));
  return [{ value: "", text: first }, ...options].map((option) => ({
    ...option,
    isChosen: option.value === chosen,
  }));
}
