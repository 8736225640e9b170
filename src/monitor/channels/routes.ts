import type { FastifyInstance } from "fastify";
import { keepFindings } from "../database/keep-findings.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "../installation/settings.ts";
import { CHANNEL_KINDS } from "../notifications/channels/kind.ts";
import { KINDS } from "../notifications/sending/open-channel.ts";
import {
  type Channel,
  listChannels,
  listSharedServers,
  maySee,
  readChannels,
} from "../notifications/settings/find-channels.ts";
import type { FindPageNotices } from "../plugins/page-notices.ts";
import { hasAnyRight } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ACCESS, CHANNELS_URL, channelUrl, NOTICE, standingInWords } from "./asked.ts";
import { channelFormRoutes } from "./channel-form-routes.ts";
import { messengerRoutes, messengersModel } from "./messengers.ts";
import { oneChannelRoutes } from "./one-channel.ts";
import { ruleRoutes } from "./rule-routes.ts";

/** `/channels`: where notifications are sent, and which; channels that fail are shown on every page. */
export async function channelRoutes(app: FastifyInstance): Promise<void> {
  await listChannelsRoutes(app);
  await channelFormRoutes(app);
  await oneChannelRoutes(app);
  await ruleRoutes(app);
  await messengerRoutes(app);
  app.pageNoticeFinders.push(createFailingNotices(app));
}

/** Above this, only their number is shown. */
const NAMED_CHANNELS = 2;

/** The channels that fail, longest first, as far as the viewer of a page may see them. */
function createFailingNotices({ database, clock }: FastifyInstance): FindPageNotices {
  const keep = keepFindings<Channel[]>({ database, clock, maxKept: 1, maxAgeMs: Number.POSITIVE_INFINITY });
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
      return [{ text, link: { url: CHANNELS_URL, text: t("form.show") } }];
    }
    const reports = failing.length > 0 ? await listWaitingReports(database.db) : [];
    return failing.map(({ id, name, since, failure }) => ({
      text: [
        t("channels.failing.one", {
          name,
          failure: t(`channelFailure.${failure}`),
          time: format.clock(since, clock()),
        }),
        ...(reports.includes(id) ? [t("channels.failing.report")] : []),
      ].join(" "),
      link: { url: channelUrl(id), text: t("channels.failing.open") },
    }));
  };
}

/** @returns the channels by which reports of a week could not be sent yet. */
async function listWaitingReports(db: Db): Promise<number[]> {
  const waiting = db.selectFrom("delivery").select("channelId").where("finishedAt", "is", null);
  return (await waiting.where("kind", "=", "report").execute()).map(({ channelId }) => channelId);
}

async function listChannelsRoutes(app: FastifyInstance): Promise<void> {
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
      notice: request.flashed(NOTICE),
      sharedKinds: CHANNEL_KINDS,
      shared: channels.filter(({ ownerId }) => ownerId === null),
      own: channels.filter(({ ownerId }) => ownerId !== null),
      canAddMail: (await listSharedServers(db, "email")).length > 0,
      messengers: await messengersModel(app, request),
    });
  });

  /** null = links in messages work. */
  async function findLinksProblem({ t }: Viewer): Promise<string | null> {
    const { pagesUrl, publicAddress } = await readSettings(db);
    if (pagesUrl !== "") return null;
    if (publicAddress === "") return t("channels.links.none");
    return app.config.agentListener === null ? null : t("channels.links.ofAgents");
  }
}
