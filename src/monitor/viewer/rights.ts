import type { Db } from "../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "./access.ts";

export async function findOrganizationAccess(
  db: Db,
  user: { id: number; isAdministrator: boolean; hasAllOrganizations: boolean },
): Promise<OrganizationAccess> {
  if (user.isAdministrator || user.hasAllOrganizations) return "all";
  const rows = await db
    .selectFrom("userOrganization")
    .select("organizationId")
    .where("userId", "=", user.id)
    .orderBy("organizationId")
    .execute();
  return rows.map(({ organizationId }) => organizationId);
}

/** Who asked for something, and for which POS server. */
export interface Asked {
  /** null = no user: a program, or the owner of the machine at its command line. */
  userId: number | null;
  posServerId: number;
}

/** What a user may see now; nothing when they are gone or blocked. */
export async function findAccessOf(db: Db, userId: number | null): Promise<OrganizationAccess> {
  const user = await db
    .selectFrom("user")
    .select(["id", "isAdministrator", "hasAllOrganizations"])
    .where("id", "=", userId ?? 0)
    .where("isBlocked", "=", 0)
    .executeTakeFirst();
  if (!user) return [];
  return await findOrganizationAccess(db, {
    id: user.id,
    isAdministrator: user.isAdministrator === 1,
    hasAllOrganizations: user.hasAllOrganizations === 1,
  });
}

/** Call it right before anything is done to the POS server. */
export async function mayStillAct(db: Db, { userId, posServerId }: Asked): Promise<boolean> {
  if (userId === null) return true;
  const access = await findAccessOf(db, userId);
  const shown = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select("posServer.id")
    .where("posServer.id", "=", posServerId)
    .where(isShownTo(access))
    .executeTakeFirst();
  return shown !== undefined;
}
