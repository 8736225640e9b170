import { DAY_MS } from "../../../protocol/time-units.ts";
import { visibleText } from "../../../protocol/visible-text.ts";
import { type Attempt, createAttemptLimit } from "../../access/attempt-limit.ts";
import { isGuessRight } from "../../access/passwords.ts";
import { findPasswordHash, findUserByLogin, normalizeLogin } from "../../access/users.ts";
import { recordEvent, recordRepeatedEvent } from "../../audit-log/record-event.ts";
import { hasRow } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";

const GUESSES_BY_ADDRESS = 20;
const GUESSES_BY_LOGIN = 10;
const GUESSES_FROM_KNOWN_ADDRESS = 10;

const KNOWN_ADDRESS_FOR_MS = 90 * DAY_MS;

/** Checks a login and a password; every attempt is in the audit log, and all wrong ones look alike to whoever tries. */
export async function signIn(
  db: Db,
  takeGuess: ReturnType<typeof createSignInLimit>,
  { login: typed, password, address }: { login: string; password: string; address: string },
  now: number,
): Promise<{ ok: true; userId: number } | { ok: false; reason: "wrong" | "tooMany" }> {
  const login = normalizeLogin(typed) ?? visibleText(typed.trim().toLowerCase().slice(0, 64));
  const user = await findUserByLogin(db, login);
  const actor = { userId: user?.id ?? null, login, name: user?.name ?? null, address };
  const isKnown = user !== null && (await hasSignedInFrom(db, user.id, address, now));
  const guess = await takeGuess(address, login, isKnown);
  if (!guess) {
    // Logins that nobody has can be made up without end: they are recorded as one.
    const refused = user ? actor : { ...actor, login: "" };
    const detail = [{ key: "tooManyAttempts", values: {} }] as const;
    await recordRepeatedEvent(db, refused, { action: "sign_in", result: "refused", detail }, now);
    return { ok: false, reason: "tooMany" };
  }

  const passwordHash = user && !user.isBlocked ? await findPasswordHash(db, login) : null;
  if (!(await isGuessRight(guess, passwordHash, password)) || !user) {
    await recordRepeatedEvent(db, actor, { action: "sign_in", result: "refused" }, now);
    return { ok: false, reason: "wrong" };
  }
  await recordEvent(db, actor, { action: "sign_in" }, now);
  return { ok: true, userId: user.id };
}

async function hasSignedInFrom(db: Db, userId: number, address: string, now: number): Promise<boolean> {
  return await hasRow(
    db
      .selectFrom("auditEvent")
      .where("userId", "=", userId)
      .where("at", ">", now - KNOWN_ADDRESS_FOR_MS)
      .where("action", "=", "sign_in")
      .where("result", "=", "done")
      .where("address", "=", address),
  );
}

/**
 * Limits wrong passwords within a quarter of an hour. At an address from which the user has signed in before, only guesses
 * at their login count: nobody can lock them out, neither from elsewhere nor by other logins from there.
 * @returns a function that counts a guess before it is checked; null = too many.
 */
export function createSignInLimit() {
  const byAddress = createAttemptLimit(GUESSES_BY_ADDRESS);
  const byLogin = createAttemptLimit(GUESSES_BY_LOGIN);
  const fromKnownAddress = createAttemptLimit(GUESSES_FROM_KNOWN_ADDRESS);

  return async (address: string, login: string, isKnownAddress: boolean): Promise<Attempt | null> => {
    if (isKnownAddress) return await fromKnownAddress.take(`${address} ${login}`);
    const ofAddress = await byAddress.take(address);
    if (!ofAddress) return null;
    const ofLogin = await byLogin.take(login);
    if (!ofLogin) {
      await ofAddress.giveBack();
      return null;
    }
    return {
      async giveBack() {
        await ofAddress.giveBack();
        await ofLogin.giveBack();
      },
    };
  };
}
