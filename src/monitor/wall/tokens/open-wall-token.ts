import { LRUCache } from "lru-cache";
import { keepFindings } from "../../database/keep-findings.ts";
import type { OpenDatabase } from "../../database/open.ts";
import type { Db } from "../../database/schema.ts";
import { createAttemptLimit } from "../../people/credentials/attempt-limit.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";

/** Wrong links per address. */
const GUESSES = 20;
const MAX_KNOWN = 1_000;
/** Anything else is no token, and is not looked up. */
const TOKEN = /^[\w-]{43}$/;

const MAX_KEPT = 100;
const MAX_AGE_MS = 60_000;
const USED_EVERY_MS = 60_000;

type OpenWallToken = NonNullable<Awaited<ReturnType<typeof findWallToken>>>;

/** Reads links to the wall and keeps them for a moment, since every refresh asks. @returns null for an unknown one. */
function createTokenReader(database: OpenDatabase, clock: () => number) {
  const { db } = database;
  const keep = keepFindings<OpenWallToken | null>({
    database,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
    clock,
  });
  return async (token: string) => {
    const found = await keep(token, () => findWallToken(db, token));
    const now = clock();
    if (found && now - (found.usedAt ?? 0) >= USED_EVERY_MS) {
      found.usedAt = now;
      await db.updateTable("wallToken").set({ usedAt: now }).where("id", "=", found.id).execute();
    }
    return found;
  };
}

async function findWallToken(db: Db, token: string) {
  const row = await db
    .selectFrom("wallToken")
    .select(["id", "hasAllOrganizations", "language", "timeZone", "usedAt"])
    .where("tokenHash", "=", hashSecretToken(token))
    .executeTakeFirst();
  if (!row) return null;
  const { hasAllOrganizations, ...open } = row;
  if (hasAllOrganizations === 1) return { ...open, access: "all" as const };
  const named = await db
    .selectFrom("wallTokenOrganization")
    .select("organizationId as id")
    .where("wallTokenId", "=", row.id)
    .orderBy("organizationId")
    .execute();
  return { ...open, access: named.map(({ id }) => id) };
}

/**
 * Admits screens by their links, and limits guessing. A link that was good before is looked up even after too many
 * guesses: a screen whose link was taken back asks on and on, and must not lock out others at its address.
 */
export function createAdmission(
  database: OpenDatabase,
  clock: () => number,
): (token: string, address: string) => Promise<OpenWallToken | "unknown" | "tooMany"> {
  const find = createTokenReader(database, clock);
  const limit = createAttemptLimit(GUESSES);
  const known = new LRUCache<string, true>({ max: MAX_KNOWN });

  return async (token, address) => {
    if (!TOKEN.test(token)) return "unknown";
    const wasGood = known.has(token);
    const attempt = wasGood ? null : await limit.take(address);
    if (!wasGood && !attempt) return "tooMany";
    const open = await find(token);
    if (!open) {
      known.delete(token);
      return "unknown";
    }
    await attempt?.giveBack();
    known.set(token, true);
    return open;
  };
}
