import { findUserById, listActiveAdministrators, nameColumns, type User } from "../../access/users.ts";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, type NewAuditEvent, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { endAcknowledgementsWithoutRight } from "../../restaurants/end-acknowledgements.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { endAccessOf } from "../sessions/sessions.ts";

/** `lastAdministrator`: nobody would be left who can manage users; `unknown`: there is no such user. */
export type UserChangeOutcome = "done" | "lastAdministrator" | "unknown";

export async function renameUser(db: Db, actor: Actor, userId: number, name: string, now: number) {
  return await changeUser(db, userId, async (trx, user) => {
    if (user.name === name) return "done";
    await trx.updateTable("user").set(nameColumns(user.login, name)).where("id", "=", user.id).execute();
    const detail: AuditDetail = [{ key: "renamed", values: { before: user.name, after: name } }];
    await recordEvent(trx, actor, { action: "user_change", subject: user.login, detail }, now);
    return "done";
  });
}

/** Blocks a user, whose sessions and link end at once, or lets them in again, with their password alone. */
export async function setBlocked(db: Db, actor: Actor, userId: number, isBlocked: boolean, now: number) {
  return await changeUser(db, userId, async (trx, user) => {
    if (user.isBlocked === isBlocked) return "done";
    if (isBlocked && (await isLastAdministrator(trx, user))) return "lastAdministrator";
    const column = { isBlocked: Number(isBlocked) };
    await trx.updateTable("user").set(column).where("id", "=", user.id).execute();
    await endAccessOf(trx, user.id);
    const action = isBlocked ? "user_block" : "user_unblock";
    return await followRights(trx, actor, { action, subject: user.login }, now);
  });
}

export async function setAdministrator(
  db: Db,
  actor: Actor,
  userId: number,
  isAdministrator: boolean,
  now: number,
): Promise<UserChangeOutcome> {
  return await changeUser(db, userId, async (trx, user) => {
    if (user.isAdministrator === isAdministrator) return "done";
    if (!isAdministrator && (await isLastAdministrator(trx, user))) return "lastAdministrator";
    const column = { isAdministrator: Number(isAdministrator) };
    await trx.updateTable("user").set(column).where("id", "=", user.id).execute();
    const action = isAdministrator ? "administrator_grant" : "administrator_revoke";
    return await followRights(trx, actor, { action, subject: user.login }, now);
  });
}

async function followRights(trx: Db, actor: Actor, event: NewAuditEvent, now: number) {
  await recordEvent(trx, actor, event, now);
  await endAcknowledgementsWithoutRight(trx, now);
  await queueAllIncidents(trx);
  return "done" as const;
}

/** Ends all sessions of a user, and their link to set a password. */
export async function signOutEverywhere(db: Db, actor: Actor, userId: number, now: number) {
  return await changeUser(db, userId, async (trx, user) => {
    await endAccessOf(trx, user.id);
    await recordEvent(trx, actor, { action: "sessions_end", subject: user.login }, now);
    return "done";
  });
}

/** Reads and changes in one transaction, so that two changes at once cannot leave nobody in charge. */
async function changeUser(
  db: Db,
  userId: number,
  change: (trx: Db, user: User) => Promise<UserChangeOutcome>,
): Promise<UserChangeOutcome> {
  return await inTransaction(db, async (trx) => {
    const user = await findUserById(trx, userId);
    return user ? await change(trx, user) : "unknown";
  });
}

async function isLastAdministrator(trx: Db, user: User): Promise<boolean> {
  const administrators = await listActiveAdministrators(trx);
  return administrators.length === 1 && administrators[0]?.id === user.id;
}
