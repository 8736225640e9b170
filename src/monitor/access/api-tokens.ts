import { DAY_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import { bothOf, findAccessOf } from "../viewer/access.ts";
import type { Rights } from "./save-rights.ts";
import { findToken } from "./stored-tokens.ts";
import type { OwnFields } from "./token-routes.ts";
import { findUserById } from "./users.ts";

/**
 * What a token may be used for. `read`: POS servers, incidents, history, and how requests go; `logs`: to ask for logs, and
 * to download archives, which hold guests' data unmasked. Resets are not offered to programs.
 */
export const SCOPES = ["read", "poll", "logs", "batches", "import", "metrics"] as const;
export type Scope = (typeof SCOPES)[number];

/** @returns null when one of them is unknown, or none is given. */
export function readScopes(names: readonly string[]): Scope[] | null {
  const scopes = SCOPES.filter((scope) => names.includes(scope));
  return scopes.length > 0 && new Set(names).size === scopes.length ? scopes : null;
}

/** How long a token may last, in days. */
export const TERMS = [30, 90, 365] as const;
export const USUAL_TERM: (typeof TERMS)[number] = 90;

/** Why nothing may come of what a token wants to be: an import adds and changes organizations, whichever they are. */
export function lacksOrganizations({
  scopes,
  rights,
}: {
  scopes: readonly Scope[];
  rights: Rights;
}): boolean {
  return scopes.includes("import") && !rights.hasAll;
}

/** What a token of the API has beside its name and organizations. */
export function ownFields(
  { scopes, days }: { scopes: readonly Scope[]; days: number },
  now: number,
): OwnFields {
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
  const found = await findToken(db, "api", token);
  if (!found) return null;
  const { userId, access, scopes } = found;
  const maker = userId === null ? null : await findUserById(db, userId);
  return {
    ...found,
    scopes: (scopes?.split(" ") ?? []) as Scope[],
    access: userId === null ? access : bothOf(access, await findAccessOf(db, userId)),
    isDead: userId !== null && (maker === null || maker.isBlocked),
    /** As far as organizations go, which its `access` says. */
    isOfAdministrator: userId === null || maker?.isAdministrator === true,
  };
}
