import type { Expression, ExpressionBuilder, ReferenceExpression, SqlBool } from "kysely";
import { hasRow } from "../database/count-rows.ts";
import type { Database, Db } from "../database/schema.ts";
import { idOfToken } from "./in-words.ts";

/** Who asked for something, and for which POS server. */
export interface Asked {
  /** null = no user: the owner of the machine at its command line, or a token made there. */
  userId: number | null;
  /** Tells a token of the API; null where only people ask. */
  userLogin: string | null;
  posServerId: number;
}

/** The ids of the organizations whose POS servers somebody may see. */
export type OrganizationAccess = "all" | readonly number[];

/** @param organizationIds as a row of a token keeps them: with spaces between; null = all. */
export function organizationsOfToken({
  organizationIds,
}: {
  organizationIds: string | null;
}): OrganizationAccess {
  return organizationIds === null ? "all" : organizationIds.split(" ").map(Number);
}

/** Narrows a query to organizations that somebody may see, archived ones too; `column` has their ids. */
export function isVisibleTo<Tables extends keyof Database>(
  access: OrganizationAccess,
  column: ReferenceExpression<Database, Tables>,
) {
  return (eb: ExpressionBuilder<Database, Tables>): Expression<SqlBool> =>
    access === "all" ? eb.and([]) : eb(column, "in", access);
}

/** Narrows a query that joins `organization` to those that somebody may see and that are not archived. */
export function isShownTo(access: OrganizationAccess) {
  return (eb: ExpressionBuilder<Database, "organization">): Expression<SqlBool> =>
    eb.and([eb("organization.archivedAt", "is", null), isVisibleTo(access, "organization.id")(eb)]);
}

/** Whether somebody may see and do anything with POS servers at all. */
export function hasAnyRight(access: OrganizationAccess): boolean {
  return access === "all" || access.length > 0;
}

export function includesOrganization(access: OrganizationAccess, organizationId: number): boolean {
  return access === "all" || access.includes(organizationId);
}

export function bothOf(one: OrganizationAccess, other: OrganizationAccess): OrganizationAccess {
  if (one === "all") return other;
  return other === "all" ? one : one.filter((id) => other.includes(id));
}

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
  return await hasRow(
    db
      .selectFrom("posServer")
      .innerJoin("organization", "organization.id", "posServer.organizationId")
      .where("posServer.id", "=", posServerId)
      .where(isShownTo(access)),
  );
}
