import type { Db } from "../../database/schema.ts";
import { readNamedOrganizations, readTokenAccess, WALL_TOKENS } from "../../people/tokens/stored-tokens.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";

/** What a link opens; null when there is no such link. */
export async function findWallToken(db: Db, token: string) {
  const row = await db
    .selectFrom("wallToken")
    .select(["id", "hasAllOrganizations", "language", "timeZone", "usedAt"])
    .where("tokenHash", "=", hashSecretToken(token))
    .executeTakeFirst();
  return row ? { ...row, access: await readTokenAccess(db, WALL_TOKENS, row) } : null;
}

/** Newest first, with the names of their organizations. */
export async function listWallTokens(db: Db) {
  const tokens = await db
    .selectFrom("wallToken")
    .select(["id", "name", "hasAllOrganizations", "userName", "createdAt", "usedAt"])
    .orderBy("id", "desc")
    .execute();
  const organizationsOf = await readNamedOrganizations(db, WALL_TOKENS);
  return tokens.map((token) => ({ ...token, organizations: organizationsOf(token) }));
}
