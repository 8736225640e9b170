import type { FastifyInstance } from "fastify";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { AuditDetail } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { AccessTokenTable } from "../database/tables/people-tables.ts";
import { inTransaction } from "../database/transaction.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { hashSecretToken, makeSecretToken } from "../secrets/secret-box.ts";
import { bothOf, findAccessOf, organizationsOfToken } from "../viewer/access.ts";
import { describeRights, type Rights } from "./save-rights.ts";
import { findUserById } from "./users.ts";

export const MAX_NAME_LENGTH = 80;
/** How often its use is written down. */
const USED_EVERY_MS = 60_000;

/** How long a token may last, in days. */
export const TERMS = [30, 90, 365] as const;

export type TokenKind = AccessTokenTable["kind"];

export interface NewToken {
  name: string;
  rights: Rights;
  /** Lifetime in days. */
  days: number;
  /** Of its kind alone. */
  columns: Pick<AccessTokenTable, "language" | "timeZone"> | Pick<AccessTokenTable, "scopes">;
  /** What the audit log says beside its organizations. */
  detail?: AuditDetail;
}

export type ListedToken = Awaited<ReturnType<typeof listTokens>>[number];

/** @returns the secret of a new token, of which only the hash is stored; null when none of the organizations is left. */
export async function addToken(
  db: Db,
  actor: Actor,
  kind: TokenKind,
  { name, rights, days, columns, detail = [] }: NewToken,
  now: number,
): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const organizations = rights.hasAll
      ? []
      : (await listOrganizations(trx, "all")).filter(({ id }) => rights.organizationIds.has(id));
    if (!rights.hasAll && organizations.length === 0) return null;
    const token = makeSecretToken();
    const endsAt = now + days * DAY_MS;
    await trx
      .insertInto("accessToken")
      .values({
        kind,
        tokenHash: hashSecretToken(token),
        name,
        organizationIds: rights.hasAll ? null : organizations.map(({ id }) => id).join(" "),
        userId: actor.userId,
        userName: actor.name ?? actor.login,
        createdAt: now,
        endsAt,
        ...columns,
      })
      .execute();
    const hasAll = rights.hasAll ? true : null;
    const end = { key: "tokenEnd", values: { at: endsAt } } as const;
    const described = [...describeRights({ hasAll, added: organizations, removed: [] }), ...detail, end];
    const action = `${kind}_token_create` as const;
    await recordEvent(trx, actor, { action, subject: name, detail: described }, now);
    return token;
  });
}

/** Takes a token back at once. @returns false when there is none. */
export async function removeToken(
  db: Db,
  actor: Actor,
  kind: TokenKind,
  id: number,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const token = trx.deleteFrom("accessToken").where("id", "=", id).where("kind", "=", kind);
    const removed = await token.returning("name").executeTakeFirst();
    if (!removed) return false;
    await recordEvent(trx, actor, { action: `${kind}_token_remove`, subject: removed.name }, now);
    return true;
  });
}

/**
 * Finds a token by its secret; null when there is none. `access`: its organizations, limited to those its maker may see now.
 * `isDead`: the maker is blocked or deleted.
 */
export async function findToken(db: Db, kind: TokenKind, token: string) {
  const row = await db
    .selectFrom("accessToken")
    .select(["id", "name", "organizationIds", "scopes", "endsAt", "language", "timeZone"])
    .select(["userId", "usedAt"])
    .where("kind", "=", kind)
    .where("tokenHash", "=", hashSecretToken(token))
    .executeTakeFirst();
  if (!row) return null;
  const { userId } = row;
  const own = organizationsOfToken(row);
  if (userId === null) return { ...row, access: own, isDead: false, isOfAdministrator: true };
  const maker = await findUserById(db, userId);
  return {
    ...row,
    access: bothOf(own, await findAccessOf(db, userId)),
    isDead: maker === null || maker.isBlocked,
    /** Within `access` only. */
    isOfAdministrator: maker?.isAdministrator === true,
  };
}

/**
 * Newest first. `organizations`: the names of those that are not archived; `isDead`: their maker is blocked or gone;
 * `isNarrowed`: no administrator any more.
 */
export async function listTokens(db: Db, kind: TokenKind) {
  const tokens = await db
    .selectFrom("accessToken as token")
    .leftJoin("user", "user.id", "token.userId")
    .select(["token.id", "token.name", "organizationIds", "scopes", "endsAt"])
    .select(["userId", "userName", "token.createdAt", "usedAt", "isBlocked", "isAdministrator"])
    .where("kind", "=", kind)
    .orderBy("token.id", "desc")
    .execute();
  const organizations = await listOrganizations(db, "all");
  return tokens.map(({ isBlocked, isAdministrator, ...token }) => {
    const access = organizationsOfToken(token);
    const ids = new Set(access === "all" ? [] : access);
    const named = organizations.filter(({ id }) => ids.has(id)).map(({ name }) => name);
    return {
      ...token,
      organizations: access === "all" ? access : named,
      isDead: token.userId !== null && isBlocked !== 0,
      isNarrowed: token.userId !== null && isAdministrator === 0,
    };
  });
}

/** Writes down that a token was used, once a minute, if it can be: nobody is refused because the database is full. */
export async function noteUse(
  { database, clock, log }: Pick<FastifyInstance, "database" | "clock" | "log">,
  token: { id: number; usedAt: number | null },
): Promise<void> {
  const now = clock();
  if (now - (token.usedAt ?? 0) < USED_EVERY_MS) return;
  token.usedAt = now;
  try {
    const used = database.db.updateTable("accessToken").set({ usedAt: now });
    await used.where("id", "=", token.id).execute();
  } catch (error) {
    log.warn({ err: error }, "The use of a token could not be recorded");
  }
}
