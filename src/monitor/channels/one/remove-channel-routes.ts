import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Confirmation } from "../../forms/confirmation.ts";
import type { WithId } from "../../forms/id.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import { findDependents } from "../../notifications/registry/find-channels.ts";
import { removeChannel } from "../../notifications/registry/remove-channel.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { findAskedChannel } from "../asked/find-asked-channel.ts";
import { CHANNELS_URL, channelUrl } from "../words/addresses.ts";
import { LIST_TOLD } from "../words/told.ts";

type ChannelRequest = FastifyRequest<WithId>;

/** `/channels/:id/removal`: a channel goes, with all that goes with it. */
export async function removeChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get("/channels/:id/removal/new", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    if (!channel) return reply.callNotFound();
    const model = removalConfirmation(request.viewer, channel, await findDependents(db, channel.id));
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post("/channels/:id/removal", access, async (request: ChannelRequest, reply) => {
    const channel = await findAskedChannel(db, request);
    const isRemoved = channel && (await removeChannel(db, request.actor(), channel, app.clock()));
    if (!isRemoved) return reply.callNotFound();
    return reply.tellOnce(CHANNELS_URL, LIST_TOLD, { kind: "removed", name: channel.name });
  });
}

function removalConfirmation(
  { t }: Viewer,
  { id, kind, name, rules }: Channel,
  { below, people, escalating }: Awaited<ReturnType<typeof findDependents>>,
): Confirmation {
  return {
    title: t("channels.removal.title", { name }),
    subtitle: t(`channels.kind.${kind}`),
    texts: [
      t("channels.removal.text"),
      ...(rules > 0 ? [t("channels.removal.rules", { count: rules })] : []),
      ...(below > 0
        ? [
            t("channels.removal.below", { count: below }),
            t("channels.removal.whose", { names: people.join(", ") }),
          ]
        : []),
      ...(escalating.length > 0 ? [t("channels.removal.escalating", { names: namesOf(escalating) })] : []),
      t("channels.removal.wayBack"),
    ],
    problem: null,
    path: `${channelUrl(id)}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("channels.remove"),
    isDanger: true,
    backUrl: channelUrl(id),
  };
}

function namesOf(names: readonly string[]): string {
  return names.map((name) => `«${name}»`).join(", ");
}
