import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { hashSecretToken, makeSecretToken } from "./secret-token.ts";
import { findUserById, type User } from "./users.ts";

export const INVITATION_LIFETIME_MS = 3 * 86_400_000;

/** Makes the one-time link of a user to set a password; an earlier one stops working. @returns its secret. */
export async function inviteUser(db: Kysely<Database>, userId: number, now: number): Promise<string> {
  const token = makeSecretToken();
  const invitation = { token_hash: hashSecretToken(token), expires_at: now + INVITATION_LIFETIME_MS };
  await db
    .insertInto("invitation")
    .values({ user_id: userId, ...invitation })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet(invitation))
    .execute();
  return token;
}

/** @returns the user whom the link invites, or null when it is unknown, used, expired, or its user is blocked. */
export async function findInvitedUser(
  db: Kysely<Database>,
  token: string,
  now: number,
): Promise<User | null> {
  const row = await db
    .selectFrom("invitation")
    .select("user_id")
    .where("token_hash", "=", hashSecretToken(token))
    .where("expires_at", ">", now)
    .executeTakeFirst();
  const user = row ? await findUserById(db, row.user_id) : null;
  return user?.isBlocked ? null : user;
}

/** Uses the link up. @returns false when another request was faster. */
export async function takeInvitation(db: Kysely<Database>, token: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("invitation")
    .where("token_hash", "=", hashSecretToken(token))
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}
