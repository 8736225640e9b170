import type { FastifyInstance } from "fastify";
import { readSettings } from "../fleet/settings.ts";
import { CHANNEL_KINDS } from "../notifications/channels/channel.ts";
import { listChannels, listSharedServers } from "../notifications/registry/find-channels.ts";
import { KINDS } from "../notifications/sending/kinds.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ACCESS, channelUrl, standingInWords, TOLD } from "./asked.ts";
import { messengersModel } from "./messengers.ts";
import { pushModel } from "./push.ts";

/** A browser is one person's. */
const SHARED_KINDS = CHANNEL_KINDS.filter((kind) => kind !== "push");

/** `/channels`: the ways by which people are told, those of all for administrators, and one's own. */
export async function listChannelsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/channels", ACCESS, async (request, reply) => {
    const { viewer } = request;
    const user = request.signedInUser();
    const { isAdministrator } = user;
    const channels = (await listChannels(db, user)).map((channel) => ({
      ...channel,
      url: channelUrl(channel.id),
      reach: KINDS[channel.kind].reach(viewer, channel.settings, channel.via !== null),
      standing: standingInWords(viewer, channel, app.clock()),
    }));
    return await reply.page("channels/list", {
      isAdministrator,
      linksProblem: isAdministrator ? await findLinksProblem(viewer) : null,
      told: request.toldOnce(TOLD),
      sharedKinds: SHARED_KINDS,
      shared: channels.filter(({ ownerId }) => ownerId === null),
      own: channels.filter(({ ownerId }) => ownerId !== null),
      canAddMail: (await listSharedServers(db, "email")).length > 0,
      push: await pushModel(app, viewer),
      messengers: await messengersModel(app, request),
    });
  });

  /** Why the links of messages lead nowhere; null = they lead to the pages. */
  async function findLinksProblem({ t }: Viewer): Promise<string | null> {
    const { pagesUrl, publicAddress } = await readSettings(db);
    if (pagesUrl !== "") return null;
    if (publicAddress === "") return t("channels.links.none");
    return app.config.agentListener === null ? null : t("channels.links.ofAgents");
  }
}
