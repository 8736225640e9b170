import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { describeRights, type Rights } from "../../people/users/save-rights.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-token.ts";
import type { Language } from "../../viewer/language.ts";

export interface NewWallToken {
  /** Where the screen is. */
  name: string;
  rights: Rights;
  language: Language;
  /** IANA name. */
  timeZone: string;
}

/** @returns the secret of a new link, of which only the hash is stored; null when none of the organizations is left. */
export async function createWallToken(
  db: Db,
  actor: Actor,
  { name, rights, language, timeZone }: NewWallToken,
  now: number,
): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const organizations = rights.hasAll
      ? []
      : (await listActiveOrganizations(trx)).filter(({ id }) => rights.organizationIds.has(id));
    if (!rights.hasAll && organizations.length === 0) return null;
    const token = makeSecretToken();
    const { id } = await trx
      .insertInto("wallToken")
      .values({
        tokenHash: hashSecretToken(token),
        name,
        hasAllOrganizations: Number(rights.hasAll),
        language,
        timeZone,
        userId: actor.userId,
        userName: actor.name ?? actor.login,
        createdAt: now,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    for (const organization of organizations) {
      const named = { wallTokenId: id, organizationId: organization.id };
      await trx.insertInto("wallTokenOrganization").values(named).execute();
    }
    const hasAll = rights.hasAll ? true : null;
    const detail = describeRights({ hasAll, added: organizations, removed: [] });
    await recordEvent(trx, actor, { action: "wall_token_create", subject: name, detail }, now);
    return token;
  });
}

/** Takes a link back at once. @returns false when there is no such link. */
export async function removeWallToken(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const removed = await trx
      .deleteFrom("wallToken")
      .where("id", "=", id)
      .returning("name")
      .executeTakeFirst();
    if (!removed) return false;
    await recordEvent(trx, actor, { action: "wall_token_remove", subject: removed.name }, now);
    return true;
  });
}

export type ListedWallToken = Awaited<ReturnType<typeof listWallTokens>>[number];

/** Newest first, with the names of their organizations, without archived ones. */
export async function listWallTokens(db: Db) {
  const tokens = await db
    .selectFrom("wallToken")
    .select(["id", "name", "hasAllOrganizations", "userName", "createdAt", "usedAt"])
    .orderBy("id", "desc")
    .execute();
  const named = await db
    .selectFrom("wallTokenOrganization")
    .innerJoin("organization", "organization.id", "wallTokenOrganization.organizationId")
    .select(["wallTokenId", "organization.name"])
    .where("organization.archivedAt", "is", null)
    .orderBy("organization.nameSort")
    .orderBy("organization.id")
    .execute();
  const names = Map.groupBy(named, ({ wallTokenId }) => wallTokenId);
  return tokens.map(({ hasAllOrganizations, ...token }) => ({
    ...token,
    organizations:
      hasAllOrganizations === 1 ? ("all" as const) : (names.get(token.id) ?? []).map(({ name }) => name),
  }));
}

/** @returns where the screen of a link is; null when there is no such link. */
export async function findWallTokenName(db: Db, id: number): Promise<string | null> {
  const row = await db.selectFrom("wallToken").select("name").where("id", "=", id).executeTakeFirst();
  return row?.name ?? null;
}
