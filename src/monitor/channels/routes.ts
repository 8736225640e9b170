import type { FastifyInstance } from "fastify";
import { keepFindings } from "../database/keep-findings.ts";
import { type Channel, maySee, readChannels } from "../notifications/registry/find-channels.ts";
import type { FindPageNotices } from "../plugins/page-notices.ts";
import { hasAnyRight } from "../viewer/access.ts";
import { CHANNELS_URL, channelUrl } from "./asked.ts";
import { channelFormRoutes } from "./channel-form-routes.ts";
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

/** More are counted. */
const NAMED_CHANNELS = 2;

/** Finds what every page says of channels by which nothing gets through, longest first, as far as its viewer may see them. */
function createFailingNotices({ database, clock }: FastifyInstance): FindPageNotices {
  const maxAgeMs = Number.POSITIVE_INFINITY;
  const keep = keepFindings<Channel[]>({ database, clock, maxKept: 1, maxAgeMs });
  return async ({ user, organizations, t, format }) => {
    if (!user || !hasAnyRight(organizations)) return [];
    const channels = await keep("channels", () => readChannels(database.db));
    const failing = channels
      .filter((channel) => maySee(user, channel))
      .flatMap(({ id, name, isEnabled, failed }) => {
        const { since = null, failure } = (isEnabled && failed) || {};
        return since === null ? [] : [{ id, name, since, failure }];
      })
      .sort((one, other) => one.since - other.since);
    if (failing.length > NAMED_CHANNELS) {
      const text = t("channels.failing.many", { count: failing.length });
      return [{ text, link: { url: CHANNELS_URL, text: t("channels.failing.show") } }];
    }
    return failing.map(({ id, name, since, failure }) => ({
      text: t("channels.failing.one", {
        ...{ name, failure: t(`channelFailure.${failure}`), time: format.clock(since, clock()) },
      }),
      link: { url: channelUrl(id), text: t("channels.failing.open") },
    }));
  };
}
