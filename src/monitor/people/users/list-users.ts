import { type SqlBool, sql } from "kysely";
import { userState } from "../../access/users.ts";
import type { Db } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import type { Viewer } from "../../viewer/viewer.ts";

export type ListedUser = Awaited<ReturnType<typeof listUsers>>[number];

export function organizationsInWords({ t }: Viewer, { organizations }: ListedUser): string {
  if (organizations === "all") return t("users.allOrganizations");
  return organizations === 0
    ? t("users.noOrganizations")
    : t("organizations.found", { count: organizations });
}

/**
 * Lists users by name. @param wanted what login or name contain, in any letter case; empty = everybody.
 * @returns `organizations`: for how many, archived ones aside, they have «Настройка предприятия».
 */
export async function listUsers(db: Db, wanted: string) {
  const folded = searchText(wanted);
  const rows = await db
    .selectFrom("user")
    .$if(folded !== "", (query) =>
      query.where(({ ref }) => sql<SqlBool>`instr(${ref("searchText")}, ${folded}) > 0`),
    )
    .select(["id", "login", "name", "isAdministrator", "isBlocked", "hasAllOrganizations"])
    .select(({ eb }) => eb("passwordHash", "is not", null).as("hasPassword"))
    .select(({ selectFrom }) =>
      selectFrom("userOrganization")
        .innerJoin("organization", "organization.id", "userOrganization.organizationId")
        .select(({ fn }) => fn.countAll<number>().as("organizations"))
        .whereRef("userOrganization.userId", "=", "user.id")
        .where("organization.archivedAt", "is", null)
        .as("organizations"),
    )
    .orderBy("nameSort")
    .orderBy("login")
    .execute();
  return rows.map(({ id, login, name, organizations, ...row }) => {
    const isAdministrator = row.isAdministrator === 1;
    const hasAll = isAdministrator || row.hasAllOrganizations === 1;
    return {
      id,
      login,
      name,
      state: userState({ isBlocked: row.isBlocked === 1, hasPassword: Boolean(row.hasPassword) }),
      isAdministrator,
      organizations: hasAll ? ("all" as const) : (organizations ?? 0),
    };
  });
}
