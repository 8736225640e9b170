import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { WithId } from "../../forms/id.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import { listSharedServers } from "../../notifications/registry/find-channels.ts";
import { changeChannel } from "../../notifications/registry/save-channel.ts";
import { openChannel } from "../../notifications/sending/open-channel.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { findAskedChannel } from "../asked/find-asked-channel.ts";
import { channelUrl } from "../words/addresses.ts";
import { CHANNEL_TOLD } from "../words/told.ts";
import { type ChannelForm, type KnownSecrets, MAX_CHANNEL_FORM_BYTES } from "./form.ts";
import { type AskedForm, channelFormModel } from "./form-model.ts";
import { proxyOf } from "./read-bot-terms.ts";
import { readChannelForm } from "./read-channel-form.ts";
import { refusalOf } from "./refusal.ts";

type ChannelRequest = FastifyRequest<WithId>;

/** `/channels/:id/edit`: another name, server, receiver; a secret that is left out stays. */
export async function changeChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/channels/:id/edit", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const secrets = await findKnownSecrets(db, app.secretBox, channel);
    const form = { typed: typedOf(channel, secrets), problems: {}, limits: {} };
    return await showForm(reply, channel, secrets, form);
  });

  app.post(
    "/channels/:id",
    { ...access, bodyLimit: MAX_CHANNEL_FORM_BYTES },
    async (request: ChannelRequest, reply) => {
      const channel = await findAskedChannel(db, request);
      if (!channel) return reply.callNotFound();
      const secrets = await findKnownSecrets(db, app.secretBox, channel);
      const { wanted, ...form } = readChannelForm(request.body, formOf(channel), { channel, secrets });
      if (!wanted) return await showForm(reply.code(422), channel, secrets, form);
      const saved = await changeChannel(db, app.secretBox, request.actor(), channel, wanted, app.clock());
      if (!saved) return reply.callNotFound();
      if (saved.ok) return reply.tellOnce(channelUrl(channel.id), CHANNEL_TOLD, { kind: "saved" });
      const refused = refusalOf(form, saved.problem, channel.ownerId !== null);
      return await showForm(reply.code(422), channel, secrets, refused);
    },
  );

  async function showForm(
    reply: FastifyReply,
    channel: Channel,
    known: KnownSecrets | null,
    form: ChannelForm,
  ) {
    const servers = channel.via && channel.kind === "email" ? await listSharedServers(db, "email") : [];
    const vias = servers.filter(({ id, isEnabled }) => isEnabled || id === channel.via?.id);
    const asked = { of: formOf(channel), form, vias, known };
    return await reply.page(
      "channels/edit",
      changedChannelModel(reply.request.viewer, channel, asked, app.clock()),
    );
  }
}

function formOf({ kind, via }: Channel) {
  return { kind, isOwn: via !== null };
}

/** What is known of the secrets of a channel without telling them; null = it has none. */
async function findKnownSecrets(
  db: Kysely<Database>,
  secretBox: SecretBox,
  { id, via }: Channel,
): Promise<KnownSecrets | null> {
  if (via) return null;
  const { connection } = (await openChannel(db, secretBox, id)) ?? {};
  if (!connection) return null;
  if (connection.kind === "webhook") return { host: connection.target.url, hasPassword: false, proxy: null };
  if (connection.kind === "email") {
    const { server, secrets } = connection;
    return { host: server.host, hasPassword: secrets.password !== "", proxy: null };
  }
  if (connection.kind === "push") return null;
  const { server, secrets } = connection;
  return { host: server.baseUrl, hasPassword: false, proxy: proxyOf(secrets.proxy) };
}

/** What `/channels/:id/edit` shows. */
function changedChannelModel(viewer: Viewer, { id, name }: Channel, asked: AskedForm, now: number) {
  return {
    ...channelFormModel(viewer, asked, now),
    title: viewer.t("channels.editTitle", { name }),
    path: channelUrl(id),
  };
}

/** A channel as its form shows it. */
function typedOf(channel: Channel, known: KnownSecrets | null): Record<string, string> {
  const { name, language, timeZone, via } = channel;
  return { name, language, timeZone, via: via ? String(via.id) : "", ...placeFields() };

  function placeFields(): Record<string, string> {
    if (channel.kind === "webhook") return { url: channel.target.url };
    if (channel.kind === "push") return {};
    if (channel.kind === "telegram" || channel.kind === "max") {
      const { server, target } = channel;
      const topicId = "topicId" in target ? target.topicId : null;
      return {
        ...{ chatId: target.chatId, topicId: topicId === null ? "" : String(topicId) },
        ...{ baseUrl: server?.baseUrl ?? "", proxy: known?.proxy?.address ?? "" },
        proxyLogin: known?.proxy?.login ?? "",
        authorities: server && "authorities" in server ? server.authorities : "",
      };
    }
    const { server, target } = channel;
    const to = target.to.join(", ");
    return server ? { ...server, port: String(server.port), to } : { to };
  }
}
