import type { Kysely } from "kysely";
import { visibleText } from "../../../protocol/visible-text.ts";
import { recordEvent } from "../../audit-log/record-event.ts";
import { recordRepeatedEvent } from "../../audit-log/record-repeated-event.ts";
import type { Database } from "../../database/schema.ts";
import { isGuessRight } from "../registry/passwords.ts";
import { findPasswordHash, findUserByLogin, normalizeLogin, type User } from "../registry/users.ts";
import type { SignInLimits } from "./sign-in-limits.ts";

const KNOWN_ADDRESS_FOR_MS = 90 * 86_400_000;

export type SignInOutcome = { ok: true; user: User } | { ok: false; reason: "wrong" | "tooMany" };

export interface SignInAttempt {
  login: string;
  password: string;
  address: string;
}

/** Checks a login and a password; every attempt is in the audit log, and all wrong ones look alike to whoever tries. */
export async function signIn(
  db: Kysely<Database>,
  limits: SignInLimits,
  { login: typed, password, address }: SignInAttempt,
  now: number,
): Promise<SignInOutcome> {
  const login = normalizeLogin(typed) ?? visibleText(typed.trim().toLowerCase().slice(0, 64));
  const user = await findUserByLogin(db, login);
  const actor = { userId: user?.id ?? null, login, name: user?.name ?? null, address };
  const isKnown = user !== null && (await hasSignedInFrom(db, user.id, address, now));
  const guess = await limits.take(address, login, isKnown);
  if (!guess) {
    // Logins that nobody has can be made up without end: from here on they are all one.
    const refused = user ? actor : { ...actor, login: "" };
    await recordRepeatedEvent(
      db,
      refused,
      { action: "sign_in", result: "refused", detail: [{ key: "tooManyAttempts", values: {} }] },
      now,
    );
    return { ok: false, reason: "tooMany" };
  }

  const passwordHash = user && !user.isBlocked ? await findPasswordHash(db, login) : null;
  if (!(await isGuessRight(guess, passwordHash, password)) || !user) {
    await recordRepeatedEvent(db, actor, { action: "sign_in", result: "refused" }, now);
    return { ok: false, reason: "wrong" };
  }
  await recordEvent(db, actor, { action: "sign_in" }, now);
  return { ok: true, user };
}

async function hasSignedInFrom(
  db: Kysely<Database>,
  userId: number,
  address: string,
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom("audit_event")
    .select("id")
    .where("user_id", "=", userId)
    .where("at", ">", now - KNOWN_ADDRESS_FOR_MS)
    .where("action", "=", "sign_in")
    .where("result", "=", "done")
    .where("address", "=", address)
    .executeTakeFirst();
  return row !== undefined;
}
