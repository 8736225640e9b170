import { DAY_MS, HOUR_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-box.ts";

const MAX_IDLE_MS = 12 * HOUR_MS;
export const MAX_LIFETIME_MS = 7 * DAY_MS;
const MAX_BROWSER_LENGTH = 200;

export type OpenSession = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** Begins a session. @returns the value of its cookie, which is stored only as a hash. */
export async function beginSession(
  db: Db,
  userId: number,
  from: { address: string; browser: string },
  now: number,
): Promise<string> {
  const token = makeSecretToken();
  await db
    .insertInto("session")
    .values({
      tokenHash: hashSecretToken(token),
      userId,
      createdAt: now,
      seenAt: now,
      address: from.address,
      browser: from.browser.slice(0, MAX_BROWSER_LENGTH),
    })
    .execute();
  return token;
}

/** Finds the session of a cookie: not idle for 12 h, not older than 7 days, and its user not blocked. */
export async function findSession(db: Db, token: string, now: number) {
  const row = await db
    .selectFrom("session")
    .innerJoin("user", "user.id", "session.userId")
    .select([
      "session.id",
      "session.seenAt",
      "user.id as userId",
      "user.login",
      "user.name",
      "user.isAdministrator",
      "user.hasAllOrganizations",
      "user.language",
      "user.timeZone",
    ])
    .where("session.tokenHash", "=", hashSecretToken(token))
    .where("session.seenAt", ">", now - MAX_IDLE_MS)
    .where("session.createdAt", ">", now - MAX_LIFETIME_MS)
    .where("user.isBlocked", "=", 0)
    .executeTakeFirst();
  if (!row) return null;
  return {
    ...row,
    isAdministrator: row.isAdministrator === 1,
    hasAllOrganizations: row.hasAllOrganizations === 1,
  };
}

export async function continueSession(db: Db, sessionId: number, now: number): Promise<void> {
  await db.updateTable("session").set({ seenAt: now }).where("id", "=", sessionId).execute();
}

export async function endSession(db: Db, sessionId: number): Promise<void> {
  await db.deleteFrom("session").where("id", "=", sessionId).execute();
}

/** Ends the sessions of a user, except one if given, and their link to set a password, which may be in the wrong hands too. */
export async function endAccessOf(
  db: Db,
  userId: number,
  exceptSessionId: number | null = null,
): Promise<void> {
  await db
    .deleteFrom("session")
    .where("userId", "=", userId)
    .$if(exceptSessionId !== null, (query) => query.where("id", "!=", exceptSessionId ?? 0))
    .execute();
  await db.deleteFrom("invitation").where("userId", "=", userId).execute();
}

export type ListedSession = Awaited<ReturnType<typeof listSessionsOf>>[number];

/** Last used first. */
export async function listSessionsOf(db: Db, userId: number, now: number) {
  return await db
    .selectFrom("session")
    .select(["id", "createdAt", "seenAt", "address", "browser"])
    .where("userId", "=", userId)
    .where("seenAt", ">", now - MAX_IDLE_MS)
    .where("createdAt", ">", now - MAX_LIFETIME_MS)
    .orderBy("seenAt", "desc")
    .execute();
}

export async function pruneSessions(db: Db, now: number): Promise<void> {
  await db
    .deleteFrom("session")
    .where(({ eb, or }) =>
      or([eb("seenAt", "<=", now - MAX_IDLE_MS), eb("createdAt", "<=", now - MAX_LIFETIME_MS)]),
    )
    .execute();
}
