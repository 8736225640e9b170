import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { hashSecretToken, makeSecretToken } from "../../secrets/secret-box.ts";
import { findAccessOf } from "../../viewer/access.ts";
import type { Language } from "../../viewer/language.ts";
import { DIALECTS } from "../channels/bots/call-bot.ts";
import type { BotPerson } from "../channels/bots/dialect.ts";
import { isMessenger, type Messenger } from "../channels/kind.ts";
import { forgetFailure } from "../outbox/channel-standing.ts";
import { DEFAULT_TERMS } from "../rules/rule.ts";
import { readChannels } from "./find-channels.ts";
import { insertRule } from "./rules.ts";

const CODE_LIFETIME_MS = 15 * 60_000;

/** A user, and a shared channel with the bot. */
interface MessengerLink {
  userId: number;
  channelId: number;
}

/** A bot, and the shared channels that use it. */
export interface BotOfChannels {
  messenger: Messenger;
  channelIds: readonly number[];
}

/** Makes a code by which a bot recognizes a user once; earlier codes become invalid. @returns null when there is no such bot. */
export async function createMessengerCode(db: Db, actor: Actor, link: MessengerLink, now: number) {
  const { userId, channelId } = link;
  return await inTransaction(db, async (trx) => {
    const channel = (await readChannels(trx)).find(({ id }) => id === channelId);
    if (!channel || channel.ownerId !== null || !isMessenger(channel.kind)) return null;
    const code = makeSecretToken();
    const made = { codeHash: hashSecretToken(code), expiresAt: now + CODE_LIFETIME_MS };
    await trx
      .insertInto("messengerCode")
      .values({ userId, channelId, ...made })
      .onConflict((conflict) => conflict.columns(["userId", "channelId"]).doUpdateSet(made))
      .execute();
    await recordEvent(trx, actor, { action: "messenger_link_code", subject: channel.name }, now);
    return { code, expiresAt: made.expiresAt };
  });
}

/** Links the sender's account only to the user of the code, and makes them a channel. @returns false when the code is invalid. */
export async function redeemMessengerCode(
  db: Db,
  { messenger, channelIds }: BotOfChannels,
  { code, from: person, chatId }: { code: string; from: BotPerson; chatId: string },
  now: number,
) {
  return await inTransaction(db, async (trx) => {
    const codeHash = hashSecretToken(code);
    const owner = await trx
      .selectFrom("messengerCode as made")
      .innerJoin("user", "user.id", "made.userId")
      .innerJoin("channel", "channel.id", "made.channelId")
      .select(["user.id as userId", "user.login", "user.name", "channel.id as channelId"])
      .select(({ fn }) => fn.coalesce("user.language", "channel.language").as("language"))
      .select(({ fn }) => fn.coalesce("user.timeZone", "channel.timeZone").as("timeZone"))
      .where("codeHash", "=", codeHash)
      .where("made.channelId", "in", channelIds)
      .where("expiresAt", ">", now)
      .where("user.isBlocked", "=", 0)
      .executeTakeFirst();
    if (!owner) return false;
    const { userId, channelId, login, name } = owner;
    await trx.deleteFrom("messengerCode").where("codeHash", "=", codeHash).execute();
    await trx
      .deleteFrom("messengerAccount")
      .where("channelId", "in", channelIds)
      .where(({ or, eb }) => or([eb("accountId", "=", person.id), eb("userId", "=", userId)]))
      .execute();
    await trx
      .insertInto("messengerAccount")
      .values({
        userId,
        channelId,
        accountId: person.id,
        name: person.username ? `@${person.username}` : person.name,
        linkedAt: now,
      })
      .execute();
    await keepOwnChannel(trx, messenger, owner, chatId, now);
    const actor = { userId, login, name, address: DIALECTS[messenger].name };
    await recordEvent(trx, actor, { action: "messenger_link", subject: name }, now);
    return true;
  });
}

type Owner = MessengerLink & { language: Language; timeZone: string };

/** The bot writes to the chat where the person has written to it. */
async function keepOwnChannel(trx: Db, kind: Messenger, owner: Owner, chatId: string, now: number) {
  const { userId, channelId, language, timeZone } = owner;
  const settings = JSON.stringify({ chatId, topicId: "" });
  const known = await trx
    .updateTable("channel")
    .set({ settings })
    .where("userId", "=", userId)
    .where("viaId", "=", channelId)
    .returning("id")
    .executeTakeFirst();
  if (known) return await forgetFailure(trx, known.id, now);
  const { id } = await trx
    .insertInto("channel")
    .values({
      kind,
      name: DIALECTS[kind].name,
      settings,
      language,
      timeZone,
      userId,
      viaId: channelId,
      createdAt: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await insertRule(trx, id, DEFAULT_TERMS, now);
  await queueAllIncidents(trx);
}

/** The user of an account, unless they are blocked. Their network address in the audit log is the name of the messenger. */
export async function findBotUser(db: Db, { messenger, channelIds }: BotOfChannels, accountId: string) {
  const user = await db
    .selectFrom("messengerAccount")
    .innerJoin("user", "user.id", "messengerAccount.userId")
    .select(["user.id as userId", "user.login", "user.name", "user.language", "user.timeZone"])
    .where("accountId", "=", accountId)
    .where("channelId", "in", channelIds)
    .where("isBlocked", "=", 0)
    .executeTakeFirst();
  if (!user) return null;
  const { language, timeZone, ...named } = user;
  const actor = { ...named, address: DIALECTS[messenger].name };
  return { actor, access: await findAccessOf(db, user.userId), language, timeZone };
}

export async function listMessengerAccounts(db: Db, userId: number) {
  return await db
    .selectFrom("messengerAccount")
    .innerJoin("channel", "channel.id", "messengerAccount.channelId")
    .select(["channelId", "channel.name as channelName"])
    .select(["messengerAccount.name", "linkedAt"])
    .where("messengerAccount.userId", "=", userId)
    .orderBy("channel.name")
    .orderBy("channel.id")
    .execute();
}

/** Unlinks an account, and removes the user's channel for it. @returns false when there is none. */
export async function unlinkMessengerAccount(db: Db, actor: Actor, link: MessengerLink, now: number) {
  const { userId, channelId } = link;
  return await inTransaction(db, async (trx) => {
    const account = (await listMessengerAccounts(trx, userId)).find((one) => one.channelId === channelId);
    if (!account) return false;
    const { name, channelName: subject } = account;
    await trx
      .deleteFrom("messengerAccount")
      .where("userId", "=", userId)
      .where("channelId", "=", channelId)
      .execute();
    await trx.deleteFrom("channel").where("userId", "=", userId).where("viaId", "=", channelId).execute();
    const detail = [{ key: "messengerAccount", values: { name } } as const];
    await recordEvent(trx, actor, { action: "messenger_unlink", subject, detail }, now);
    await queueAllIncidents(trx);
    return true;
  });
}
