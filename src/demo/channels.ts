import { findUserByLogin, type User } from "../monitor/access/users.ts";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Db } from "../monitor/database/schema.ts";
import { inTransaction } from "../monitor/database/transaction.ts";
import { DEFAULT_TERMS } from "../monitor/notifications/rules/rule.ts";
import { type Channel, listChannels } from "../monitor/notifications/settings/find-channels.ts";
import {
  createMessengerCode,
  redeemMessengerCode,
} from "../monitor/notifications/settings/messenger-accounts.ts";
import { saveRule } from "../monitor/notifications/settings/rules.ts";
import {
  type ChannelTerms,
  changeChannel,
  createChannel,
  type NewChannel,
} from "../monitor/notifications/settings/save-channel.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import { hostTimeZone } from "./host-time-zone.ts";
import type { MessageServers } from "./receivers.ts";
import { BOT_TOKEN, DUTY_GROUP, TELEGRAM_USERS } from "./telegram-world.ts";

const HOST = "127.0.0.1";
const MAIL = "Почта смены";
const TELEGRAM = "Дежурные в Telegram";
const ESCALATED_AFTER_MS = 30 * 60_000;

/** Mail, and a Telegram group that escalates to it, linked to both users. Channels of an earlier start get the new addresses. */
export async function addDemoChannels(db: Db, secretBox: SecretBox, servers: MessageServers): Promise<void> {
  const [admin, manager] = [await findUserByLogin(db, "admin"), await findUserByLogin(db, "manager")];
  if (!admin || !manager) throw new Error("The demo has no users yet");
  const actor = actorOf(admin);
  const now = Date.now();
  const known = await listChannels(db, admin);
  if (known.length > 0) {
    const made = known.filter(({ ownerId, name }) => ownerId === null && [MAIL, TELEGRAM].includes(name));
    for (const channel of made) {
      const { name, language, timeZone } = channel;
      const terms = readdressed(channel, servers);
      if (terms) await changeChannel(db, secretBox, actor, channel, { name, language, timeZone, terms }, now);
    }
    return;
  }
  await inTransaction(db, async (trx) => {
    const mailId = await addChannel(trx, secretBox, actor, mailChannel(servers), now);
    const accountId = await addChannel(trx, secretBox, actor, telegramChannel(servers), now);
    const channel = { id: accountId, name: TELEGRAM, ownerId: null };
    const escalation = { afterMs: ESCALATED_AFTER_MS, channelId: mailId };
    const terms = { ...DEFAULT_TERMS, escalation, id: null };
    await saveRule(trx, actor, { channel, access: "all" }, terms, now);
    await linkTelegram(trx, accountId, admin, TELEGRAM_USERS.admin, now);
    await linkTelegram(trx, accountId, manager, TELEGRAM_USERS.manager, now);
  });
}

function actorOf({ id, login, name }: User): Actor {
  return { userId: id, login, name, address: HOST };
}

async function addChannel(
  trx: Db,
  secretBox: SecretBox,
  actor: Actor,
  channel: Omit<NewChannel, "ownerId" | "language" | "timeZone">,
  now: number,
): Promise<number> {
  const whole = { ...channel, ownerId: null, language: "ru", timeZone: hostTimeZone() } as const;
  const made = await createChannel(trx, secretBox, actor, whole, now);
  if (typeof made === "number") return made;
  throw new Error(`The demo's channel ${channel.name} was not made: ${made}`);
}

function mailChannel({ smtpPort: port }: MessageServers) {
  const server = { host: HOST, port, security: "none", login: "", authorities: "" } as const;
  const settings = { ...server, from: "Poswatch <poswatch@demo.example>", to: ["smena@demo.example"] };
  const terms = { kind: "email", viaId: null, settings, secrets: { password: "" } } as const;
  return { name: MAIL, hasDefaultRule: true, terms };
}

/** Without the default rule: its own rule escalates. */
function telegramChannel({ telegramUrl: baseUrl }: MessageServers) {
  const settings = { baseUrl, chatId: String(DUTY_GROUP.id), topicId: null };
  const secrets = { token: BOT_TOKEN, proxy: "" };
  const terms = { kind: "telegram", viaId: null, settings, secrets } as const;
  return { name: TELEGRAM, hasDefaultRule: false, terms };
}

/** As users do it: they get a code and send it to the bot. */
async function linkTelegram(
  trx: Db,
  channelId: number,
  user: User,
  account: { id: number; username: string },
  now: number,
): Promise<void> {
  const made = await createMessengerCode(trx, actorOf(user), { userId: user.id, channelId }, now);
  if (!made) throw new Error("The demo has no bot");
  const person = { id: String(account.id), name: user.name, username: account.username };
  const bot = { messenger: "telegram", channelIds: [channelId] } as const;
  await redeemMessengerCode(trx, bot, { code: made.code, from: person, chatId: person.id }, now);
}

/** With the new address of the channel's server; null for other kinds. */
function readdressed({ kind, settings }: Channel, servers: MessageServers): ChannelTerms | null {
  const known = { kind, viaId: null, secrets: {} };
  if (kind === "email") return { ...known, settings: { ...settings, port: servers.smtpPort } };
  return kind === "telegram" ? { ...known, settings: { ...settings, baseUrl: servers.telegramUrl } } : null;
}
