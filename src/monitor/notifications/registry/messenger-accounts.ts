import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-token.ts";
import { MESSENGERS } from "../channels/channel.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";

export const CODE_LIFETIME_MS = 15 * 60_000;

/** Whose account, by the bot of which channel of all. */
export interface MessengerLink {
  userId: number;
  channelId: number;
}

/** Makes a code by which somebody says to a bot who they are, once; one that was made before is no good any more. @returns null when there is no such bot. */
export async function createMessengerCode(
  db: Db,
  actor: Actor,
  { userId, channelId }: MessengerLink,
  now: number,
): Promise<{ code: string; expiresAt: number } | null> {
  return await inTransaction(db, async (trx) => {
    const bot = await findBot(trx, channelId);
    if (!bot) return null;
    const code = makeSecretToken();
    const made = { code_hash: hashSecretToken(code), expires_at: now + CODE_LIFETIME_MS };
    await trx
      .insertInto("messenger_code")
      .values({ user_id: userId, channel_id: channelId, ...made })
      .onConflict((conflict) => conflict.columns(["user_id", "channel_id"]).doUpdateSet(made))
      .execute();
    await recordEvent(trx, actor, { action: "messenger_link_code", subject: bot.name }, now);
    return { code, expiresAt: made.expires_at };
  });
}

async function findBot(trx: Db, channelId: number): Promise<{ name: string } | null> {
  const bot = await trx
    .selectFrom("channel")
    .select("name")
    .where("id", "=", channelId)
    .where("kind", "in", MESSENGERS)
    .where("user_id", "is", null)
    .executeTakeFirst();
  return bot ?? null;
}

/** An account of a messenger that the bot of a channel knows as somebody's. */
export type MessengerAccount = Awaited<ReturnType<typeof listMessengerAccounts>>[number];

/** Lists the accounts of somebody, by the names of the channels. */
export async function listMessengerAccounts(db: Db, userId: number) {
  return await db
    .selectFrom("messenger_account")
    .innerJoin("channel", "channel.id", "messenger_account.channel_id")
    .select(["channel_id as channelId", "channel.name as channelName"])
    .select(["account_id as accountId", "messenger_account.name", "linked_at as linkedAt"])
    .where("messenger_account.user_id", "=", userId)
    .orderBy("channel.name")
    .orderBy("channel.id")
    .execute();
}

/** Makes a bot forget somebody's account, and removes their own channels into it. @returns false when it knows none. */
export async function unlinkMessengerAccount(
  db: Db,
  actor: Actor,
  { userId, channelId }: MessengerLink,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const account = (await listMessengerAccounts(trx, userId)).find((one) => one.channelId === channelId);
    if (!account) return false;
    const { name, channelName: subject } = account;
    await trx
      .deleteFrom("messenger_account")
      .where("user_id", "=", userId)
      .where("channel_id", "=", channelId)
      .execute();
    await trx.deleteFrom("channel").where("user_id", "=", userId).where("via_id", "=", channelId).execute();
    const detail = [{ key: "messengerAccount", values: { name } } as const];
    await recordEvent(trx, actor, { action: "messenger_unlink", subject, detail }, now);
    await lookAgainAtAll(trx);
    return true;
  });
}
