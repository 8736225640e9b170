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
