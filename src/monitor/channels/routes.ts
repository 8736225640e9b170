import type { FastifyInstance } from "fastify";
import { channelFormRoutes } from "./channel-form-routes.ts";
import { createFailingNotices } from "./failing-notices.ts";
import { listChannelsRoutes } from "./list-channels.ts";
import { messengerRoutes } from "./messengers.ts";
import { oneChannelRoutes } from "./one-channel.ts";
import { pushRoutes } from "./push.ts";
import { ruleRoutes } from "./rule-routes.ts";

/** The ways by which people are told of incidents, and of which; what fails of them is said on every page. */
export async function channelRoutes(app: FastifyInstance): Promise<void> {
  await listChannelsRoutes(app);
  await channelFormRoutes(app);
  await oneChannelRoutes(app);
  await ruleRoutes(app);
  await messengerRoutes(app);
  await pushRoutes(app);
  app.pageNoticeFinders.push(createFailingNotices(app));
}
