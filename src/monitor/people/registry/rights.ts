import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import type { User } from "./users.ts";

/** The organizations for which a user has «Настройка предприятия». */
export async function findOrganizationAccess(
  db: Kysely<Database>,
  user: Pick<User, "id" | "isAdministrator" | "hasAllOrganizations">,
): Promise<OrganizationAccess> {
  if (user.isAdministrator || user.hasAllOrganizations) return "all";
  const rows = await db
    .selectFrom("user_organization")
    .select("organization_id")
    .where("user_id", "=", user.id)
    .orderBy("organization_id")
    .execute();
  return rows.map(({ organization_id }) => organization_id);
}
