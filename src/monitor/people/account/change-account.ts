import { type StaticDecode, Type } from "typebox";
import type { AttemptLimit } from "../../access/attempt-limit.ts";
import { findPasswordProblems, hashPassword, isGuessRight } from "../../access/passwords.ts";
import { findPasswordHash, findUserByLogin, setPasswordHash } from "../../access/users.ts";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent, recordRepeatedEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { Text } from "../../forms/fields.ts";
import type { Language } from "../../viewer/language.ts";
import { endAccessOf } from "../sessions/sessions.ts";

export const TOO_MANY = "account.problem.tooMany";

export const PasswordForm = Type.Object({ current: Text, password: Text, repeated: Text });

/** Keys of what is wrong, by field. */
export type Problems = Record<string, string>;

/**
 * Ends all other sessions.
 * @returns null when it is done, or what is wrong.
 * @param sessionId of the session that goes on.
 */
export async function changePassword(
  db: Db,
  limit: AttemptLimit,
  actor: Actor,
  form: StaticDecode<typeof PasswordForm>,
  sessionId: number,
  now: number,
): Promise<Problems | null> {
  const { login } = actor;
  const problems = findPasswordProblems(login, form);
  const event = { action: "password_change", subject: login } as const;
  const refused = { ...event, result: "refused" } as const;
  const guess = await limit.take(login);
  if (!guess) {
    const detail = [{ key: "tooManyAttempts", values: {} }] as const;
    await recordRepeatedEvent(db, actor, { ...refused, detail }, now);
    return { ...problems, current: TOO_MANY };
  }
  const user = await findUserByLogin(db, login);
  if (!(await isGuessRight(guess, await findPasswordHash(db, login), form.current)) || !user) {
    await recordRepeatedEvent(db, actor, refused, now);
    return { ...problems, current: "account.problem.current" };
  }
  if (Object.keys(problems).length > 0) return problems;

  const passwordHash = await hashPassword(form.password);
  await db.transaction().execute(async (trx) => {
    await setPasswordHash(trx, user.id, passwordHash);
    await endAccessOf(trx, user.id, sessionId);
    await recordEvent(trx, actor, event, now);
  });
  return null;
}

/** Saves language and time zone (IANA name; null = as the browser says). */
export async function savePreferences(
  db: Db,
  actor: Actor,
  userId: number,
  preferences: { language: Language; timeZone: string | null },
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.updateTable("user").set(preferences).where("id", "=", userId).execute();
    const detail: AuditDetail = [{ key: "preferences", values: preferences }];
    const event = { action: "preferences_change", subject: actor.login, detail } as const;
    await recordRepeatedEvent(trx, actor, event, now);
  });
}
