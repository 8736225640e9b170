import type { Db } from "../database/schema.ts";
import type { Rights } from "./save-rights.ts";
import { findToken } from "./stored-tokens.ts";
import type { OwnFields } from "./token-routes.ts";

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

/** The columns and audit detail that only API tokens have: their scopes. */
export function ownFields(scopes: readonly Scope[]): OwnFields {
  const detail = [{ key: "tokenScopes", values: { scopes: scopes.join(", ") } }] as const;
  return { columns: { scopes: scopes.join(" ") }, detail };
}

export type OpenApiToken = NonNullable<Awaited<ReturnType<typeof findApiToken>>>;

/** Finds an API token with its scopes; null when there is none. */
export async function findApiToken(db: Db, token: string) {
  const found = await findToken(db, "api", token);
  return found && { ...found, scopes: (found.scopes?.split(" ") ?? []) as Scope[] };
}
