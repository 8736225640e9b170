import type { FastifyInstance } from "fastify";
import { readSettings } from "../../fleet/settings.ts";
import { MESSENGERS } from "../../notifications/channels/channel.ts";
import { listChannels, listSharedServers } from "../../notifications/registry/find-channels.ts";
import { listMessengerAccounts } from "../../notifications/registry/messenger-accounts.ts";
import { providePushKey } from "../../notifications/sending/push-keys.ts";
import { CHANNELS_URL } from "../words/addresses.ts";
import { LIST_TOLD } from "../words/told.ts";
import { listModel } from "./list-model.ts";

/** `/channels`: the ways by which people are told, those of all for administrators, and one's own. */
export async function listChannelsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get(CHANNELS_URL, { config: { access: "outlet_setup" } }, async (request, reply) => {
    const user = request.signedInUser();
    const known = {
      user,
      channels: await listChannels(db, user),
      mailServers: await listSharedServers(db, "email"),
      bots: (await Promise.all(MESSENGERS.map((messenger) => listSharedServers(db, messenger)))).flat(),
      accounts: await listMessengerAccounts(db, user.id),
      pushKey: await providePushKey(db, app.secretBox, app.clock()),
      links: await findLinksProblem(),
      told: request.toldOnce(LIST_TOLD),
    };
    return await reply.page("channels/list", listModel(request.viewer, known, app.clock()));
  });

  /** Why the links of messages lead nowhere; null = they lead to the pages. */
  async function findLinksProblem(): Promise<"none" | "ofAgents" | null> {
    const { pagesUrl, publicAddress } = await readSettings(db);
    if (pagesUrl !== "") return null;
    if (publicAddress === "") return "none";
    return app.config.agentListener === null ? null : "ofAgents";
  }
}
