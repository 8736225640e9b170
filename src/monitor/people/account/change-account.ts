import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent, recordRepeatedEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import type { Language } from "../../viewer/language.ts";
import type { AttemptLimit } from "../credentials/attempt-limit.ts";
import { findPasswordProblems, hashPassword, isGuessRight } from "../credentials/passwords.ts";
import { findPasswordHash, findUserByLogin, setPasswordHash } from "../credentials/users.ts";
import { endAccessOf } from "../sessions/sessions.ts";

/** The key of the refusal to check more guesses for a while. */
export const TOO_MANY = "account.problem.tooMany";

export interface PasswordChange {
  current: string;
  password: string;
  repeated: string;
  /** The session that goes on; all others end. */
  sessionId: number;
}

/** Keys of what is wrong, by field. */
export type Problems = Record<string, string>;

/** Changes one's own password. @returns what is wrong, and then nothing has changed; null when it is done. */
export async function changePassword(
  db: Db,
  limit: AttemptLimit,
  actor: Actor,
  { current, password, repeated, sessionId }: PasswordChange,
  now: number,
): Promise<Problems | null> {
  const { login } = actor;
  const problems = findPasswordProblems(login, { password, repeated });
  const event = { action: "password_change", subject: login } as const;
  const refused = { ...event, result: "refused" } as const;
  const guess = await limit.take(login);
  if (!guess) {
    const detail = [{ key: "tooManyAttempts", values: {} }] as const;
    await recordRepeatedEvent(db, actor, { ...refused, detail }, now);
    return { ...problems, current: TOO_MANY };
  }
  const user = await findUserByLogin(db, login);
  if (!(await isGuessRight(guess, await findPasswordHash(db, login), current)) || !user) {
    await recordRepeatedEvent(db, actor, refused, now);
    return { ...problems, current: "account.problem.current" };
  }
  if (Object.keys(problems).length > 0) return problems;

  const passwordHash = await hashPassword(password);
  await db.transaction().execute(async (trx) => {
    await setPasswordHash(trx, user.id, passwordHash);
    await endAccessOf(trx, user.id, sessionId);
    await recordEvent(trx, actor, event, now);
  });
  return null;
}

interface Preferences {
  language: Language;
  /** IANA name; null = as the browser says. */
  timeZone: string | null;
}

export async function savePreferences(
  db: Db,
  actor: Actor,
  userId: number,
  { language, timeZone }: Preferences,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.updateTable("user").set({ language, timeZone }).where("id", "=", userId).execute();
    const detail: AuditDetail = [{ key: "preferences", values: { language, timeZone } }];
    const event = { action: "preferences_change", subject: actor.login, detail } as const;
    await recordRepeatedEvent(trx, actor, event, now);
  });
}
