import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { FilledForm } from "../forms/field-model.ts";
import { readForm, Text, Tick } from "../forms/fields.ts";
import { findNewestChat } from "../notifications/channels/bots/call-bot.ts";
import type { BotSecrets, BotSettings } from "../notifications/channels/bots/dialect.ts";
import { CHANNEL_KINDS } from "../notifications/channels/kind.ts";
import { failureInWords } from "../notifications/outbox/channel-standing.ts";
import { KINDS, knownSecrets } from "../notifications/sending/open-channel.ts";
import { listSharedServers } from "../notifications/settings/find-channels.ts";
import { changeChannel, createChannel } from "../notifications/settings/save-channel.ts";
import {
  ACCESS,
  type AskedRequest,
  askedChannel,
  CHANNELS_URL,
  channelUrl,
  leadWithNotice,
} from "./asked.ts";
import { channelFormModel, type FormOf, readChannelForm, refused } from "./channel-form.ts";

/** Mostly for a PEM with several certificates. */
const MAX_FORM_BYTES = 128 * 1024;

/** `/channels/new` and `/channels/:id/edit`: shared channels, which administrators make, and one's own. */
export async function channelFormRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const options = { ...ACCESS, bodyLimit: MAX_FORM_BYTES };

  app.get("/channels/new", ACCESS, async (request, reply) => {
    const { of, hasDefaultRule } = readNewChannel(request, { withRule: "yes", ...Object(request.query) });
    if (!of) return reply.callNotFound();
    // Made by linking an account of a messenger.
    if (of.isOwn && of.kind !== "email") return reply.redirect(`${CHANNELS_URL}#messengers`, 303);
    return await showForm(reply, of, { typed: KINDS[of.kind].defaults ?? {}, problems: {} }, hasDefaultRule);
  });

  app.post("/channels", options, async (request, reply) => {
    const { of, hasDefaultRule } = readNewChannel(request, request.body);
    if (!of || (of.isOwn && of.kind !== "email")) return reply.callNotFound();
    const { wanted, made: secret, ...form } = await readWithChat(request, of);
    if (!wanted) return await showForm(reply.code(422), of, form, hasDefaultRule);
    const ownerId = of.isOwn ? request.signedInUser().id : null;
    const channel = { ...wanted, ownerId, hasDefaultRule };
    const made = await createChannel(db, app.secretBox, request.actor(), channel, app.clock());
    if (typeof made === "number") return leadWithNotice(reply, channelUrl(made), "made", { secret });
    return await showForm(reply.code(422), of, refused(form, made, of), hasDefaultRule);
  });

  app.get("/channels/:id/edit", ACCESS, async (request: AskedRequest, reply) => {
    const of = await findPresent(request);
    const { name, language, timeZone, via, sendsLogLines } = of.present;
    const kept = { via: via ? String(via.id) : "", sendsLogLines: sendsLogLines ? "1" : "" };
    const typed = { ...of.present.settings, name, language, timeZone, ...kept };
    return await showForm(reply, of, { typed, problems: {} });
  });

  app.post("/channels/:id", options, async (request: AskedRequest, reply) => {
    const of = await findPresent(request);
    const { wanted, made: secret, ...form } = await readWithChat(request, of);
    if (!wanted) return await showForm(reply.code(422), of, form);
    const saved = await changeChannel(db, app.secretBox, request.actor(), of.present, wanted, app.clock());
    if (saved === "gone") return reply.callNotFound();
    if (saved === "saved") return leadWithNotice(reply, channelUrl(of.present.id), "saved", { secret });
    return await showForm(reply.code(422), of, refused(form, saved, of));
  });

  /** A channel of Telegram may leave its chat out: that from which the bot was written last. */
  async function readWithChat({ body, viewer }: FastifyRequest, of: FormOf) {
    const read = readChannelForm(body, of);
    const { wanted } = read;
    if (of.kind !== "telegram" || !wanted || wanted.settings.chatId !== "") return read;
    const settings = wanted.settings as BotSettings;
    const secrets = { ...of.present?.secrets, ...wanted.secrets } as BotSecrets;
    const chat = await findNewestChat({ kind: of.kind, settings, secrets });
    if (chat?.ok) return { ...read, wanted: { ...wanted, settings: { ...settings, chatId: chat.chatId } } };
    const failure = chat ? failureInWords(viewer, chat.failure, chat.detail) : "";
    const problem = chat ? "channels.problem.chatNotAsked" : "channels.problem.noChat";
    return { ...read, wanted: null, problems: { chatId: problem }, limits: { failure } };
  }

  async function findPresent(request: AskedRequest) {
    const { channel } = await askedChannel(db, request);
    const secrets = await knownSecrets(db, app.secretBox, channel.id);
    return { kind: channel.kind, isOwn: channel.ownerId !== null, present: { ...channel, secrets } };
  }

  async function showForm(reply: FastifyReply, of: FormOf, form: FilledForm, hasDefaultRule = false) {
    const { viewer } = reply.request;
    const { t } = viewer;
    const { kind, isOwn, present } = of;
    const servers = isOwn ? await listSharedServers(db, "email") : [];
    const vias = servers.filter(({ id, isEnabled }) => isEnabled || id === present?.via?.id);
    const newTitle = isOwn ? `channels.newOwn.${kind}` : `channels.newShared.${kind}`;
    return await reply.page("channels/form", {
      ...channelFormModel(viewer, of, form, vias, app.clock()),
      title: present ? t("channels.editTitle", { name: present.name }) : t(newTitle),
      isNew: present === null,
      hasDefaultRule,
      path: present ? channelUrl(present.id) : CHANNELS_URL,
    });
  }
}

const NewChannel = Type.Object({ kind: Text, scope: Text, withRule: Tick });

/** @returns `of`: null when there is no such kind, or the user may not make it. */
function readNewChannel(request: FastifyRequest, sent: unknown) {
  const { isAdministrator } = request.signedInUser();
  const asked = readForm(NewChannel, sent);
  const kind = CHANNEL_KINDS.find((one) => one === (asked.kind || "email"));
  const scope = asked.scope || (isAdministrator ? "shared" : "own");
  const isOwn = scope === "own";
  const mayMake = isOwn || (scope === "shared" && isAdministrator);
  // Webhooks are always shared.
  const isKind = kind && !(isOwn && kind === "webhook");
  const of: FormOf | null = isKind && mayMake ? { kind, isOwn, present: null } : null;
  return { of, hasDefaultRule: asked.withRule };
}
