import type { Db } from "../database/schema.ts";
import { bothOf, isShownTo, type OrganizationAccess, organizationsOfToken } from "./access.ts";
import { idOfToken } from "./name-of-actor.ts";

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
  /** null = no user: the owner of the machine at its command line, or a token made there. */
  userId: number | null;
  /** Tells a token of the API; null where only people ask. */
  userLogin: string | null;
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

/** What a token of the API may see now; nothing when it was taken back or has ended. */
async function findAccessOfToken(db: Db, id: number, now: number): Promise<OrganizationAccess> {
  const token = await db
    .selectFrom("accessToken")
    .select(["organizationIds", "userId"])
    .where("id", "=", id)
    .where("endsAt", ">", now)
    .executeTakeFirst();
  if (!token) return [];
  const own = organizationsOfToken(token);
  return token.userId === null ? own : bothOf(own, await findAccessOf(db, token.userId));
}

/** Call it right before anything is done to the POS server. @param now ms UTC. */
export async function mayStillAct(
  db: Db,
  { userId, userLogin, posServerId }: Asked,
  now: number,
): Promise<boolean> {
  const tokenId = idOfToken(userLogin);
  if (tokenId === null && userId === null) return true;
  const access = await (tokenId === null ? findAccessOf(db, userId) : findAccessOfToken(db, tokenId, now));
  const shown = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select("posServer.id")
    .where("posServer.id", "=", posServerId)
    .where(isShownTo(access))
    .executeTakeFirst();
  return shown !== undefined;
}
