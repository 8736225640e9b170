import type { Insertable } from "kysely";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import type { ApiTokenTable, WallTokenTable } from "../../database/tables/people-tables.ts";
import { inTransaction } from "../../database/transaction.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-token.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { describeRights, type Rights } from "../users/save-rights.ts";

/** Links to the wall, and tokens of the API: of both only the hash is stored, and both name their organizations. */
export const WALL_TOKENS = {
  table: "wallToken",
  organizations: "wallTokenOrganization",
  id: "wallTokenId",
  event: "wall_token",
} as const;
export const API_TOKENS = {
  table: "apiToken",
  organizations: "apiTokenOrganization",
  id: "apiTokenId",
  event: "api_token",
} as const;
export const MAX_NAME_LENGTH = 80;
/** How often its use is written down. */
const USED_EVERY_MS = 60_000;

export type TokenKind = typeof WALL_TOKENS | typeof API_TOKENS;

export interface NewToken {
  name: string;
  rights: Rights;
  /** Of its kind alone. */
  columns: Pick<WallTokenTable, "language" | "timeZone"> | Pick<ApiTokenTable, "scopes" | "endsAt">;
  /** What the audit log says beside its organizations. */
  detail?: AuditDetail;
}

/** What all kinds show in their lists; `organizations`: their names. */
export interface ListedToken {
  id: number;
  name: string;
  userName: string;
  organizations: "all" | string[];
  createdAt: number;
  usedAt: number | null;
}

/** The tables of both kinds are alike: one stands for the other where a query is typed. */
const plainTable = ({ table }: TokenKind) => table as "wallToken";
const plainOrganizations = ({ organizations }: TokenKind) => organizations as "wallTokenOrganization";
const plainId = ({ id }: TokenKind) => id as "wallTokenId";

/** @returns the secret of a new token, of which only the hash is stored; null when none of the organizations is left. */
export async function addToken(
  db: Db,
  actor: Actor,
  kind: TokenKind,
  { name, rights, columns, detail = [] }: NewToken,
  now: number,
): Promise<string | null> {
  return await inTransaction(db, async (trx) => {
    const organizations = rights.hasAll
      ? []
      : (await listActiveOrganizations(trx)).filter(({ id }) => rights.organizationIds.has(id));
    if (!rights.hasAll && organizations.length === 0) return null;
    const token = makeSecretToken();
    const row = {
      tokenHash: hashSecretToken(token),
      name,
      hasAllOrganizations: Number(rights.hasAll),
      userId: actor.userId,
      userName: actor.name ?? actor.login,
      createdAt: now,
      ...columns,
    };
    const { id } = await trx
      .insertInto(plainTable(kind))
      .values(row as Insertable<WallTokenTable>)
      .returning("id")
      .executeTakeFirstOrThrow();
    for (const organization of organizations) {
      const named = { [kind.id]: id, organizationId: organization.id };
      await trx
        .insertInto(plainOrganizations(kind))
        .values(named as { wallTokenId: number; organizationId: number })
        .execute();
    }
    const hasAll = rights.hasAll ? true : null;
    const described = [...describeRights({ hasAll, added: organizations, removed: [] }), ...detail];
    const action = `${kind.event}_create` as const;
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
    const removed = await trx
      .deleteFrom(plainTable(kind))
      .where("id", "=", id)
      .returning("name")
      .executeTakeFirst();
    if (!removed) return false;
    await recordEvent(trx, actor, { action: `${kind.event}_remove`, subject: removed.name }, now);
    return true;
  });
}

/** null when there is none. */
export async function findTokenName(db: Db, kind: TokenKind, id: number): Promise<string | null> {
  const row = await db.selectFrom(plainTable(kind)).select("name").where("id", "=", id).executeTakeFirst();
  return row?.name ?? null;
}

/** What a token names, whether or not whoever made it still may see that. */
export async function readTokenAccess(
  db: Db,
  kind: TokenKind,
  { id, hasAllOrganizations }: { id: number; hasAllOrganizations: number },
): Promise<OrganizationAccess> {
  if (hasAllOrganizations === 1) return "all";
  const named = await db
    .selectFrom(plainOrganizations(kind))
    .select("organizationId as id")
    .where(plainId(kind), "=", id)
    .orderBy("organizationId")
    .execute();
  return named.map((row) => row.id);
}

/** The names of the organizations of each token of a kind, by its id, without archived ones. */
export async function readNamedOrganizations(
  db: Db,
  kind: TokenKind,
): Promise<(token: { id: number; hasAllOrganizations: number }) => "all" | string[]> {
  const named = await db
    .selectFrom(plainOrganizations(kind))
    .innerJoin("organization", "organization.id", "organizationId")
    .select([`${plainId(kind)} as tokenId`, "organization.name"])
    .where("organization.archivedAt", "is", null)
    .orderBy("organization.nameSort")
    .orderBy("organization.id")
    .execute();
  const names = Map.groupBy(named, (row) => row.tokenId);
  return ({ id, hasAllOrganizations }) =>
    hasAllOrganizations === 1 ? "all" : (names.get(id) ?? []).map(({ name }) => name);
}

/** @returns a function that writes down that a token was used, once a minute. */
export function createUseNotes(db: Db, kind: TokenKind, clock: () => number) {
  return async (token: { id: number; usedAt: number | null }): Promise<void> => {
    const now = clock();
    if (now - (token.usedAt ?? 0) < USED_EVERY_MS) return;
    token.usedAt = now;
    await db.updateTable(plainTable(kind)).set({ usedAt: now }).where("id", "=", token.id).execute();
  };
}
