import { LRUCache } from "lru-cache";
import { type AttemptLimit, createAttemptLimit } from "../../people/registry/attempt-limit.ts";
import type { OpenWallToken } from "./open-wall-token.ts";

/** At links that are no good, from an address. */
const GUESSES = 20;
const MAX_KNOWN = 1_000;
/** As tokens are made: whatever looks otherwise is none, and need not be looked up. */
const TOKEN = /^[\w-]{43}$/;

export type Admission = { ok: true; open: OpenWallToken } | { ok: false; isTooMany: boolean };

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
