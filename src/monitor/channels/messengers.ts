import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import { readForm, readId, Text } from "../forms/fields.ts";
import { DIALECTS, describeBot } from "../notifications/channels/bots/call-bot.ts";
import { MESSENGERS } from "../notifications/channels/kind.ts";
import { botOf, openChannel } from "../notifications/sending/open-channel.ts";
import { listSharedServers } from "../notifications/settings/find-channels.ts";
import {
  createMessengerCode,
  listMessengerAccounts,
  unlinkMessengerAccount,
} from "../notifications/settings/messenger-accounts.ts";
import type { FlashKind } from "../plugins/flash.ts";
import { ACCESS, type AskedRequest, askToRemove, CHANNELS_URL, leadWithNotice } from "./asked.ts";

const ACCOUNTS_URL = `${CHANNELS_URL}/messenger-accounts`;
/** A link needs the bot's name; without a timely answer there is only a code to type. */
const ASK_BOT_FOR_MS = 5_000;

/** Shown once. `link`: null = the bot's name is unknown; `expiresAt`: ms UTC. */
const CODE: FlashKind<{ code: string; link: string | null; expiresAt: number }> = { name: "messengerCode" };
const CodeForm = Type.Object({ channel: Text });

/** Null = there is no bot. */
export async function messengersModel(app: FastifyInstance, request: FastifyRequest) {
  const { db } = app.database;
  const { format } = request.viewer;
  const now = app.clock();
  const bots = (await Promise.all(MESSENGERS.map((kind) => listSharedServers(db, kind)))).flat();
  if (bots.length === 0) return null;
  const code = request.flashed(CODE);
  const accounts = await listMessengerAccounts(db, request.signedInUser().id);
  return {
    code: code && { ...code, ends: format.clock(code.expiresAt, now) },
    bots: bots.map(({ id, name }, index) => ({ value: String(id), text: name, isChosen: index === 0 })),
    accounts: accounts.map(({ channelId, linkedAt, ...account }) => ({
      ...account,
      day: format.day(linkedAt, now),
      unlinkUrl: `${ACCOUNTS_URL}/${channelId}/removal/new`,
    })),
  };
}

/** `/channels/messenger-…`: somebody links their own account of a messenger, and unlinks it. */
export async function messengerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const linkOf = (request: FastifyRequest, idText: string) => ({
    userId: request.signedInUser().id,
    channelId: readId(idText) ?? 0,
  });

  app.post(`${CHANNELS_URL}/messenger-codes`, ACCESS, async (request, reply) => {
    const link = linkOf(request, readForm(CodeForm, request.body).channel);
    const made = await createMessengerCode(db, request.actor(), link, app.clock());
    if (!made) return leadWithNotice(reply, CHANNELS_URL, "noBot");
    const bot = await findBotAddress(link.channelId);
    return reply.flash(CHANNELS_URL, CODE, { ...made, link: bot && `${bot}?start=${made.code}` });
  });

  app.get(`${ACCOUNTS_URL}/:id/removal/new`, ACCESS, async (request: AskedRequest, reply) => {
    const { t } = request.viewer;
    const { userId, channelId } = linkOf(request, request.params.id);
    const accounts = await listMessengerAccounts(db, userId);
    const account = accounts.find((one) => one.channelId === channelId);
    // Already unlinked.
    if (!account) return reply.leadTo(CHANNELS_URL);
    return await askToRemove(reply, {
      title: t("messenger.unlinking.title", { name: account.name }),
      subtitle: account.channelName,
      texts: [t("messenger.unlinking.text"), t("messenger.unlinking.wayBack")],
      path: `${ACCOUNTS_URL}/${channelId}/removal`,
      submit: t("messenger.unlink"),
      backUrl: CHANNELS_URL,
    });
  });

  app.post(`${ACCOUNTS_URL}/:id/removal`, ACCESS, async (request: AskedRequest, reply) => {
    const link = linkOf(request, request.params.id);
    const isUnlinked = await unlinkMessengerAccount(db, request.actor(), link, app.clock());
    return isUnlinked ? leadWithNotice(reply, CHANNELS_URL, "unlinked") : reply.leadTo(CHANNELS_URL);
  });

  /** Null when the bot did not tell its name in time. */
  async function findBotAddress(channelId: number): Promise<string | null> {
    const channel = await openChannel(db, app.secretBox, channelId);
    const connection = channel && botOf(channel);
    if (!connection) return null;
    const bot = await describeBot(connection, { callTimeoutMs: ASK_BOT_FOR_MS });
    return bot.ok ? DIALECTS[connection.kind].botsUrl + bot.username : null;
  }
}
