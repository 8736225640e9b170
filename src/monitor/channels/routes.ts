import type { FastifyInstance } from "fastify";
import { hasAnyRight } from "../viewer/access.ts";
import { changeChannelRoutes } from "./editing/change-channel-routes.ts";
import { newChannelRoutes } from "./editing/new-channel-routes.ts";
import { createFailingReader, failingNotices } from "./failing-notices.ts";
import { listChannelsRoutes } from "./list-channels.ts";
import { messengerRoutes } from "./messengers/messenger-routes.ts";
import { removeChannelRoutes, showChannelRoutes, useChannelRoutes } from "./one/channel-routes.ts";
import { pushSubscriptionRoutes, pushWorkerRoutes } from "./push-routes.ts";
import { removeRuleRoutes, ruleRoutes } from "./rules/rule-routes.ts";

/** The ways by which people are told of incidents, and of which; what fails of them is said on every page. */
export async function channelRoutes(app: FastifyInstance): Promise<void> {
  await listChannelsRoutes(app);
  await newChannelRoutes(app);
  await showChannelRoutes(app);
  await changeChannelRoutes(app);
  await useChannelRoutes(app);
  await removeChannelRoutes(app);
  await ruleRoutes(app);
  await removeRuleRoutes(app);
  await messengerRoutes(app);
  await pushSubscriptionRoutes(app);
  await pushWorkerRoutes(app);

  const readFailing = createFailingReader(app.database, app.clock);
  app.pageNoticeFinders.push(async (viewer) => {
    if (!viewer.user || !hasAnyRight(viewer.organizations)) return [];
    return failingNotices(viewer, await readFailing(viewer.user), app.clock());
  });
}
