import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WithId } from "../../forms/id.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import { listSharedServers } from "../../notifications/registry/find-channels.ts";
import { changeChannel } from "../../notifications/registry/save-channel.ts";
import { knownSecrets } from "../../notifications/sending/open-channel.ts";
import { findAskedChannel } from "../asked.ts";
import { CHANNEL_TOLD, channelUrl } from "../words.ts";
import {
  type ChannelForm,
  type FormOf,
  kindFormOf,
  MAX_CHANNEL_FORM_BYTES,
  type PresentChannel,
  readChannelForm,
  refused,
} from "./channel-form.ts";
import { channelFormModel } from "./form-model.ts";

type ChannelRequest = FastifyRequest<WithId>;

/** `/channels/:id/edit`: another name, server, receiver; a secret that is left out stays. */
export async function changeChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/channels/:id/edit", access, async (request: ChannelRequest, reply) => {
    const present = await findPresent(request);
    if (!present) return reply.callNotFound();
    const { name, language, timeZone, via } = present.channel;
    const common = { name, language, timeZone, via: via ? String(via.id) : "" };
    const typed = { ...common, ...kindFormOf(present.of)?.typedOf(present) };
    return await showForm(reply, present, { typed, problems: {}, limits: {} });
  });

  app.post(
    "/channels/:id",
    { ...access, bodyLimit: MAX_CHANNEL_FORM_BYTES },
    async (request: ChannelRequest, reply) => {
      const present = await findPresent(request);
      if (!present) return reply.callNotFound();
      const { channel, of } = present;
      const { wanted, ...form } = readChannelForm(request.body, of, present);
      if (!wanted) return await showForm(reply.code(422), present, form);
      const saved = await changeChannel(db, app.secretBox, request.actor(), channel, wanted, app.clock());
      if (!saved) return reply.callNotFound();
      if (saved.ok) return reply.tellOnce(channelUrl(channel.id), CHANNEL_TOLD, { kind: "saved" });
      const isOwn = channel.ownerId !== null;
      return await showForm(reply.code(422), present, refused(form, saved.problem, isOwn));
    },
  );

  interface AskedChannel extends PresentChannel {
    channel: Channel;
    of: FormOf;
  }

  async function findPresent(request: ChannelRequest): Promise<AskedChannel | null> {
    const channel = await findAskedChannel(db, request);
    if (!channel) return null;
    const { id, kind, via, settings } = channel;
    const secrets = await knownSecrets(db, app.secretBox, id);
    return { channel, settings, secrets, of: { kind, isOwn: via !== null } };
  }

  async function showForm(reply: FastifyReply, { channel, of, secrets }: AskedChannel, form: ChannelForm) {
    const { id, name, via } = channel;
    const servers = via ? await listSharedServers(db, "email") : [];
    const asked = {
      ...{ of, form },
      vias: servers.filter((server) => server.isEnabled || server.id === via?.id),
      known: (secrets && kindFormOf(of)?.knownSecrets(secrets)) ?? [],
    };
    const { viewer } = reply.request;
    return await reply.page("channels/edit", {
      ...channelFormModel(viewer, asked, app.clock()),
      title: viewer.t("channels.editTitle", { name }),
      path: channelUrl(id),
    });
  }
}
