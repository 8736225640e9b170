import { LRUCache } from "lru-cache";
import { keepFindings } from "../../database/keep-findings.ts";
import type { OpenDatabase } from "../../database/open.ts";
import type { Db } from "../../database/schema.ts";
import { type AttemptLimit, createAttemptLimit } from "../../people/credentials/attempt-limit.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import type { Language } from "../../viewer/language.ts";

/** At links that are no good, from an address. */
const GUESSES = 20;
const MAX_KNOWN = 1_000;
/** As tokens are made: whatever looks otherwise is none, and need not be looked up. */
const TOKEN = /^[\w-]{43}$/;

const MAX_KEPT = 100;
const MAX_AGE_MS = 60_000;
/** How often the last use of a link is written down. */
const USED_EVERY_MS = 60_000;

/** A link to the wall that is good: what its screen may show, in which words and times. */
export interface OpenWallToken {
  id: number;
  access: OrganizationAccess;
  language: Language;
  timeZone: string;
  usedAt: number | null;
}

/** Reads links to the wall; what was read lately is kept, since every refresh asks. @returns null for one that is no good. */
export function createWallTokenReader(
  database: OpenDatabase,
  clock: () => number,
): (token: string) => Promise<OpenWallToken | null> {
  const { db } = database;
  const keep = keepFindings<OpenWallToken | null>({
    database,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
    clock,
  });
  return async (token) => {
    const found = await keep(token, () => findWallToken(db, token));
    const now = clock();
    if (found && now - (found.usedAt ?? 0) >= USED_EVERY_MS) {
      found.usedAt = now;
      await db.updateTable("wallToken").set({ usedAt: now }).where("id", "=", found.id).execute();
    }
    return found;
  };
}

async function findWallToken(db: Db, token: string): Promise<OpenWallToken | null> {
  const row = await db
    .selectFrom("wallToken")
    .select(["id", "hasAllOrganizations as hasAll", "language", "timeZone", "usedAt"])
    .where("tokenHash", "=", hashSecretToken(token))
    .executeTakeFirst();
  if (!row) return null;
  const { hasAll, ...open } = row;
  if (hasAll === 1) return { ...open, access: "all" };
  const named = await db
    .selectFrom("wallTokenOrganization")
    .select("organizationId as id")
    .where("wallTokenId", "=", row.id)
    .orderBy("organizationId")
    .execute();
  return { ...open, access: named.map(({ id }) => id) };
}

type Admission = { ok: true; open: OpenWallToken } | { ok: false; isTooMany: boolean };

/**
 * Limits guessing. A link that was good before is looked up also when there were too many from its address: a screen
 * whose link was taken back asks on and on, and must not darken the others of its office.
 */
export function limitGuesses(
  find: (token: string) => Promise<OpenWallToken | null>,
  limit: AttemptLimit = createAttemptLimit(GUESSES),
): (token: string, address: string) => Promise<Admission> {
  const known = new LRUCache<string, true>({ max: MAX_KNOWN });

  return async (token, address) => {
    if (!TOKEN.test(token)) return { ok: false, isTooMany: false };
    const wasGood = known.has(token);
    const attempt = wasGood ? null : await limit.take(address);
    if (!wasGood && !attempt) return { ok: false, isTooMany: true };
    const open = await find(token);
    if (!open) {
      known.delete(token);
      return { ok: false, isTooMany: false };
    }
    await attempt?.giveBack();
    known.set(token, true);
    return { ok: true, open };
  };
}
