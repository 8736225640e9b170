import { DAY_MS } from "../../../protocol/time-units.ts";
import { type Rights, saveRights } from "../../access/save-rights.ts";
import { addUser, findUserById, findUserByLogin, setPasswordHash, type User } from "../../access/users.ts";
import { type Actor, type NewAuditEvent, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-box.ts";
import { endAccessOf } from "../sessions/sessions.ts";

const INVITATION_LIFETIME_MS = 3 * DAY_MS;

/** A user with the secret of their link, which is known only now: what is stored is its hash. */
export interface Invited {
  user: User;
  token: string;
}

interface InvitedUser {
  login: string;
  name: string;
  isAdministrator: boolean;
  /** None when left out. */
  rights?: Rights;
}

/** Creates a user with their rights, who sets the password through a link. @returns null when the login is taken. */
export async function createInvitedUser(
  db: Db,
  actor: Actor,
  { login, name, isAdministrator, rights }: InvitedUser,
  now: number,
): Promise<Invited | null> {
  return await inTransaction(db, async (trx) => {
    if (await findUserByLogin(trx, login)) return null;
    const id = await addUser(trx, { login, name, isAdministrator, passwordHash: null }, now);
    await recordEvent(trx, actor, userCreated({ login, name, isAdministrator }), now);
    if (rights) await saveRights(trx, actor, id, rights, now);
    return await inviteUser(trx, actor, id, now);
  });
}

/**
 * An earlier link stops working, a password goes on working.
 * @returns null when there is no such user or they are blocked.
 */
export async function inviteUser(db: Db, actor: Actor, userId: number, now: number): Promise<Invited | null> {
  return await inTransaction(db, async (trx) => {
    const user = await findUserById(trx, userId);
    if (!user || user.isBlocked) return null;
    const token = makeSecretToken();
    const invitation = { tokenHash: hashSecretToken(token), expiresAt: now + INVITATION_LIFETIME_MS };
    await trx
      .insertInto("invitation")
      .values({ userId, ...invitation })
      .onConflict((conflict) => conflict.column("userId").doUpdateSet(invitation))
      .execute();
    await recordEvent(trx, actor, { action: "user_invite", subject: user.login }, now);
    return { user, token };
  });
}

/** @returns until when the link of a user can be used (ms UTC, it may be over), or null when they have none. */
export async function findInvitationExpiry(db: Db, userId: number): Promise<number | null> {
  const row = await db
    .selectFrom("invitation")
    .select("expiresAt")
    .where("userId", "=", userId)
    .executeTakeFirst();
  return row?.expiresAt ?? null;
}

/** @returns the user whom the link invites, or null when it is unknown, used, expired, or its user is blocked. */
export async function findInvitedUser(db: Db, token: string, now: number): Promise<User | null> {
  const row = await db
    .selectFrom("invitation")
    .select("userId")
    .where("tokenHash", "=", hashSecretToken(token))
    .where("expiresAt", ">", now)
    .executeTakeFirst();
  const user = row ? await findUserById(db, row.userId) : null;
  return user?.isBlocked ? null : user;
}

/** Uses the link up, sets the password and ends the user's sessions. @returns null when the link is no longer good. */
export async function acceptInvitation(
  db: Db,
  { token, passwordHash, address }: { token: string; passwordHash: string; address: string },
  now: number,
): Promise<User | null> {
  return await inTransaction(db, async (trx) => {
    const user = await findInvitedUser(trx, token, now);
    if (!user) return null;
    await setPasswordHash(trx, user.id, passwordHash);
    // The link too: a second request with it finds nobody.
    await endAccessOf(trx, user.id);
    const actor = { userId: user.id, login: user.login, name: user.name, address };
    await recordEvent(trx, actor, { action: "invitation_accept", subject: user.login }, now);
    return user;
  });
}

export function userCreated({ login, name, isAdministrator }: Omit<InvitedUser, "rights">): NewAuditEvent {
  const key = isAdministrator ? "newAdministrator" : "newUser";
  return { action: "user_create", subject: login, detail: [{ key, values: { name } }] };
}
