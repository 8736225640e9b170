import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { findUserById } from "../../people/credentials/users.ts";
import {
  API_TOKENS,
  addToken,
  readNamedOrganizations,
  readTokenAccess,
} from "../../people/tokens/stored-tokens.ts";
import type { OwnFields } from "../../people/tokens/token-routes.ts";
import type { Rights } from "../../people/users/save-rights.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";
import { bothOf } from "../../viewer/access.ts";
import { findAccessOf } from "../../viewer/rights.ts";
import type { Scope } from "./scopes.ts";

const DAY_MS = 86_400_000;

/** How long a token may last, in days. */
export const TERMS = [30, 90, 365] as const;
export const USUAL_TERM: (typeof TERMS)[number] = 90;

export interface NewApiToken {
  /** Of the program that uses it. */
  name: string;
  scopes: readonly Scope[];
  rights: Rights;
  days: number;
}

/** Why nothing may come of what a token wants to be: an import adds and changes organizations, whichever they are. */
export function lacksOrganizations({ scopes, rights }: Pick<NewApiToken, "scopes" | "rights">): boolean {
  return scopes.includes("import") && !rights.hasAll;
}

/** @returns the secret of a new token; null when none of the organizations is left. */
export async function createApiToken(
  db: Db,
  actor: Actor,
  { name, scopes, rights, days }: NewApiToken,
  now: number,
): Promise<string | null> {
  return await addToken(db, actor, API_TOKENS, { name, rights, ...ownFields({ scopes, days }, now) }, now);
}

/** What a token of the API has beside its name and organizations. */
export function ownFields({ scopes, days }: Pick<NewApiToken, "scopes" | "days">, now: number): OwnFields {
  const endsAt = now + days * DAY_MS;
  const detail = [
    { key: "tokenScopes", values: { scopes: scopes.join(", ") } },
    { key: "tokenEnd", values: { at: endsAt } },
  ] as const;
  return { columns: { scopes: scopes.join(" "), endsAt }, detail };
}

export type OpenApiToken = NonNullable<Awaited<ReturnType<typeof findApiToken>>>;

/**
 * What a token opens now: never more than whoever made it may see. `isDead`: they are blocked or gone. Null when there is no
 * such token.
 */
export async function findApiToken(db: Db, token: string) {
  const row = await db
    .selectFrom("apiToken")
    .select(["id", "name", "scopes", "hasAllOrganizations", "endsAt", "userId", "usedAt"])
    .where("tokenHash", "=", hashSecretToken(token))
    .executeTakeFirst();
  if (!row) return null;
  const { scopes, userId, ...open } = row;
  const maker = userId === null ? null : await findUserById(db, userId);
  const named = await readTokenAccess(db, API_TOKENS, row);
  return {
    ...open,
    userId,
    scopes: scopes.split(" ") as Scope[],
    access: userId === null ? named : bothOf(named, await findAccessOf(db, userId)),
    isDead: userId !== null && (maker === null || maker.isBlocked),
    /** As far as organizations go, which its `access` says. */
    isOfAdministrator: userId === null || maker?.isAdministrator === true,
  };
}

/** Newest first, with the names of their organizations. `isDead`: see `findApiToken`. */
export async function listApiTokens(db: Db) {
  const tokens = await db
    .selectFrom("apiToken")
    .leftJoin("user", "user.id", "apiToken.userId")
    .select(["apiToken.id", "apiToken.name", "scopes", "apiToken.hasAllOrganizations", "endsAt"])
    .select(["userId", "userName", "apiToken.createdAt", "usedAt", "isBlocked"])
    .orderBy("apiToken.id", "desc")
    .execute();
  const organizationsOf = await readNamedOrganizations(db, API_TOKENS);
  return tokens.map(({ isBlocked, ...token }) => ({
    ...token,
    organizations: organizationsOf(token),
    isDead: token.userId !== null && isBlocked !== 0,
  }));
}
