import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";

/** An option of a select. */
export interface Choice {
  value: string;
  text: string;
  isChosen: boolean;
}

/** Organizations that agents may join, by name. */
export async function listOrganizationChoices(db: Kysely<Database>) {
  return await db
    .selectFrom("organization")
    .select(["id", "name", "crm_id as crmId"])
    .where("archived_at", "is", null)
    .orderBy("name_sort")
    .orderBy("id")
    .execute();
}

export type OrganizationChoice = Awaited<ReturnType<typeof listOrganizationChoices>>[number];

/** @param first an option before them all. */
export function organizationChoices(
  organizations: readonly OrganizationChoice[],
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
