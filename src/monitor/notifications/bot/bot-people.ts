import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { findOrganizationAccess } from "../../viewer/rights.ts";
import { DIALECTS } from "../channels/bots/call-bot.ts";
import type { BotPerson } from "../channels/bots/updates.ts";
import type { Messenger } from "../channels/channel.ts";
import { forgetFailure } from "../outbox/channel-standing.ts";
import { addDefaultRule } from "../registry/rules.ts";
import { lookAgainAtAll } from "../telling/look-again.ts";

/** A bot, and the channels of all that have it; the audit log has the name of the messenger in place of a network address. */
export interface BotOfChannels {
  messenger: Messenger;
  channelIds: readonly number[];
}

/** A user as they are known by a bot. */
export interface BotUser {
  actor: Actor & { userId: number; name: string };
  access: OrganizationAccess;
  language: string | null;
  timeZone: string | null;
}

/** Whose account it is, as one of these channels of a bot knows it; null = nobody's, or that of somebody who is blocked. */
export async function findBotUser(
  db: Db,
  { messenger, channelIds }: BotOfChannels,
  accountId: string,
): Promise<BotUser | null> {
  const user = await db
    .selectFrom("messenger_account")
    .innerJoin("user", "user.id", "messenger_account.user_id")
    .select(["user.id", "user.login", "user.name", "user.language", "user.time_zone as timeZone"])
    .select(["is_administrator as isAdministrator", "has_all_organizations as hasAll"])
    .where("account_id", "=", accountId)
    .where("channel_id", "in", channelIds)
    .where("is_blocked", "=", 0)
    .executeTakeFirst();
  if (!user) return null;
  const { id, login, name, language, timeZone } = user;
  const access = await findOrganizationAccess(db, {
    id,
    isAdministrator: user.isAdministrator === 1,
    hasAllOrganizations: user.hasAll === 1,
  });
  return {
    actor: { userId: id, login, name, address: DIALECTS[messenger].name },
    access,
    language,
    timeZone,
  };
}

/**
 * Links an account by a code that its owner has got in Poswatch, and gives them a channel of their own. The account is nobody else's from then on.
 * @returns false when there is no such code any more.
 */
export async function redeemMessengerCode(
  db: Db,
  { messenger, channelIds }: BotOfChannels,
  { code, from: person, chatId }: { code: string; from: BotPerson; chatId: string },
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const known = await trx
      .selectFrom("messenger_code")
      .innerJoin("user", "user.id", "messenger_code.user_id")
      .innerJoin("channel", "channel.id", "messenger_code.channel_id")
      .select(["messenger_code.user_id as userId", "messenger_code.channel_id as channelId"])
      .select(["user.login", "user.name", "user.language", "user.time_zone as timeZone"])
      .select(["channel.language as channelLanguage", "channel.time_zone as channelTimeZone"])
      .where("code_hash", "=", hashSecretToken(code))
      .where("messenger_code.channel_id", "in", channelIds)
      .where("expires_at", ">", now)
      .where("user.is_blocked", "=", 0)
      .executeTakeFirst();
    if (!known) return false;
    const { userId, channelId } = known;
    await trx
      .deleteFrom("messenger_code")
      .where("user_id", "=", userId)
      .where("channel_id", "=", channelId)
      .execute();
    await trx
      .deleteFrom("messenger_account")
      .where("channel_id", "in", channelIds)
      .where(({ or, eb }) => or([eb("account_id", "=", person.id), eb("user_id", "=", userId)]))
      .execute();
    await trx
      .insertInto("messenger_account")
      .values({
        ...{ user_id: userId, channel_id: channelId, account_id: person.id },
        ...{ name: person.username ? `@${person.username}` : person.name, linked_at: now },
      })
      .execute();
    await keepOwnChannel(trx, messenger, known, chatId, now);
    const actor = { userId, login: known.login, name: known.name, address: DIALECTS[messenger].name };
    await recordEvent(trx, actor, { action: "messenger_link", subject: known.name }, now);
    return true;
  });
}

interface OwnerOfChannel {
  userId: number;
  channelId: number;
  language: "ru" | "en" | null;
  timeZone: string | null;
  channelLanguage: "ru" | "en";
  channelTimeZone: string;
}

/** Where a person writes to the bot is where it writes to them. */
async function keepOwnChannel(
  trx: Db,
  messenger: Messenger,
  owner: OwnerOfChannel,
  chatId: string,
  now: number,
): Promise<void> {
  const settings = JSON.stringify({ chatId });
  const known = await trx
    .updateTable("channel")
    .set({ settings })
    .where("user_id", "=", owner.userId)
    .where("via_id", "=", owner.channelId)
    .returning("id")
    .execute();
  for (const { id } of known) await forgetFailure(trx, id, now);
  if (known.length > 0) return;
  const { id } = await trx
    .insertInto("channel")
    .values({
      ...{ kind: messenger, name: DIALECTS[messenger].name, settings },
      ...{ user_id: owner.userId, via_id: owner.channelId },
      ...{ language: owner.language ?? owner.channelLanguage, created_at: now },
      time_zone: owner.timeZone ?? owner.channelTimeZone,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await addDefaultRule(trx, id, now);
  await lookAgainAtAll(trx);
}
