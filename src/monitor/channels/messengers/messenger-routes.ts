import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Confirmation } from "../../forms/confirmation.ts";
import { textFields } from "../../forms/fields.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { type BotConnection, DIALECTS, describeBot } from "../../notifications/channels/bots/call-bot.ts";
import { isMessenger } from "../../notifications/channels/channel.ts";
import {
  createMessengerCode,
  listMessengerAccounts,
  type MessengerAccount,
  unlinkMessengerAccount,
} from "../../notifications/registry/messenger-accounts.ts";
import { openChannel } from "../../notifications/sending/open-channel.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { ACCOUNTS_URL, CHANNELS_URL, LIST_TOLD } from "../words.ts";

/** A link needs the name of the bot; who waits for it for longer gets a code to type. */
const ASK_BOT_FOR_MS = 5_000;

type AccountRequest = FastifyRequest<WithId>;

/** `/channels/messenger-…`: somebody links their own account of a messenger, and unlinks it. */
export async function messengerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;
  const linkOf = (request: FastifyRequest, idText: string) => ({
    userId: request.signedInUser().id,
    channelId: readId(idText) ?? 0,
  });

  app.post(`${CHANNELS_URL}/messenger-codes`, access, async (request, reply) => {
    const link = linkOf(request, textFields(request.body, ["channel"]).channel);
    const made = await createMessengerCode(db, request.actor(), link, app.clock());
    if (!made) return reply.tellOnce(CHANNELS_URL, LIST_TOLD, { kind: "noBot" });
    const { code, expiresAt } = made;
    const bot = await findBotAddress(link.channelId);
    return reply.tellOnce(CHANNELS_URL, LIST_TOLD, {
      ...{ kind: "messengerCode", code, expiresAt },
      link: bot === null ? null : `${bot}?start=${code}`,
    });
  });

  app.get(`${ACCOUNTS_URL}/:id/removal/new`, access, async (request: AccountRequest, reply) => {
    const { userId, channelId } = linkOf(request, request.params.id);
    const accounts = await listMessengerAccounts(db, userId);
    const account = accounts.find((one) => one.channelId === channelId);
    // It is what was wanted.
    if (!account) return reply.leadTo(CHANNELS_URL);
    const model = unlinkConfirmation(request.viewer, account);
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post(`${ACCOUNTS_URL}/:id/removal`, access, async (request: AccountRequest, reply) => {
    const link = linkOf(request, request.params.id);
    const isUnlinked = await unlinkMessengerAccount(db, request.actor(), link, app.clock());
    if (!isUnlinked) return reply.leadTo(CHANNELS_URL);
    return reply.tellOnce(CHANNELS_URL, LIST_TOLD, { kind: "unlinked" });
  });

  /** Where one writes to a bot; null when it has not said its name in time. */
  async function findBotAddress(channelId: number): Promise<string | null> {
    const { connection } = (await openChannel(db, app.secretBox, channelId)) ?? {};
    if (!connection || !isMessenger(connection.kind)) return null;
    try {
      const bot = await describeBot(connection as BotConnection, AbortSignal.timeout(ASK_BOT_FOR_MS));
      return bot.ok ? DIALECTS[connection.kind].botsUrl + bot.username : null;
    } catch {
      // It took too long: the code works without a link too.
      return null;
    }
  }
}

/** What is asked before a bot forgets somebody's account. */
function unlinkConfirmation({ t }: Viewer, { channelId, channelName, name }: MessengerAccount): Confirmation {
  return {
    title: t("messenger.unlinking.title", { name }),
    subtitle: channelName,
    texts: [t("messenger.unlinking.text"), t("messenger.unlinking.wayBack")],
    problem: null,
    path: `${ACCOUNTS_URL}/${channelId}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("messenger.unlink"),
    isDanger: true,
    backUrl: CHANNELS_URL,
  };
}
