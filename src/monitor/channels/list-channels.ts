import type { FastifyInstance } from "fastify";
import { readSettings } from "../fleet/settings.ts";
import { CHANNEL_KINDS, MESSENGERS } from "../notifications/channels/channel.ts";
import type { Channel } from "../notifications/registry/channel.ts";
import {
  type ChannelUser,
  listChannels,
  listSharedServers,
} from "../notifications/registry/find-channels.ts";
import {
  listMessengerAccounts,
  type MessengerAccount,
} from "../notifications/registry/messenger-accounts.ts";
import { providePushKey } from "../notifications/sending/push-keys.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { pushModel } from "./push-routes.ts";
import {
  ACCOUNTS_URL,
  CHANNELS_URL,
  channelUrl,
  LIST_TOLD,
  type ListTold,
  reachInWords,
  standingInWords,
} from "./words.ts";

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

interface KnownChannels {
  user: ChannelUser;
  channels: readonly Channel[];
  /** Channels of all by which own ones can be told. */
  mailServers: readonly Channel[];
  bots: readonly Channel[];
  accounts: readonly MessengerAccount[];
  /** By which browsers are told. */
  pushKey: string;
  /** Why the links of messages lead nowhere. */
  links: "none" | "ofAgents" | null;
  told: ListTold | null;
}

/** What `/channels` shows. */
function listModel(viewer: Viewer, known: KnownChannels, now: number) {
  const { t } = viewer;
  const { user, channels, mailServers, told } = known;
  const rowOf = (channel: Channel) => rowModel(viewer, channel, now);
  const ofAll = channels.filter(({ ownerId }) => ownerId === null);
  const own = channels.filter(({ ownerId }) => ownerId !== null);
  return {
    isAdministrator: user.isAdministrator,
    linksProblem: user.isAdministrator && known.links ? t(`channels.links.${known.links}`) : null,
    told: told && toldInWords(viewer, told),
    shared: user.isAdministrator
      ? {
          rows: ofAll.map(rowOf),
          adds: CHANNEL_KINDS.filter((kind) => kind !== "push").map((kind) => ({
            url: `${CHANNELS_URL}/new?kind=${kind}&scope=shared`,
            text: t(`channels.kind.${kind}`),
            label: `${t("channels.addOne")} ${t(`channels.kind.${kind}`)}`,
          })),
        }
      : null,
    own: {
      rows: own.map(rowOf),
      addUrl: mailServers.length > 0 ? `${CHANNELS_URL}/new?kind=email&scope=own` : null,
    },
    push: pushModel(viewer, known.pushKey),
    messengers: messengersModel(viewer, known, now),
  };
}

function rowModel(viewer: Viewer, channel: Channel, now: number) {
  const { t } = viewer;
  const { id, name, kind, via, rules } = channel;
  return {
    url: channelUrl(id),
    name,
    kind: via
      ? t("channels.kindVia", { kind: t(`channels.kind.${kind}`), name: via.name })
      : t(`channels.kind.${kind}`),
    reach: reachInWords(viewer, channel),
    standing: standingInWords(viewer, channel, now),
    rules: rules === 0 ? t("channels.noRules") : t("channels.rules", { count: rules }),
  };
}

function toldInWords({ t }: Viewer, told: ListTold) {
  if (told.kind === "messengerCode") return null;
  const values = told.kind === "removed" ? { name: told.name } : {};
  return { text: t(`channels.told.${told.kind}`, values), isProblem: told.kind === "noBot" };
}

/** How somebody links their own account of a messenger, and what is linked; null = there is no bot. */
function messengersModel(
  { t, format }: Viewer,
  { bots, accounts, told }: Pick<KnownChannels, "bots" | "accounts" | "told">,
  now: number,
) {
  if (bots.length === 0) return null;
  const code = told?.kind === "messengerCode" ? told : null;
  return {
    code: code && {
      link: code.link,
      message: `/start ${code.code}`,
      ends: t("messenger.codeEnds", { time: format.clock(code.expiresAt, now) }),
    },
    bot: {
      ...{ name: "channel", label: t("messenger.bot"), problem: null, hint: null, describedBy: null },
      options: bots.map(({ id, name }, index) => ({ value: String(id), text: name, isChosen: index === 0 })),
    },
    accounts: accounts.map(({ channelId, channelName, name, linkedAt }) => ({
      name,
      since: t("messenger.linked", { name: channelName, day: format.day(linkedAt, now) }),
      unlinkUrl: `${ACCOUNTS_URL}/${channelId}/removal/new`,
      unlinkLabel: t("messenger.unlinkNamed", { name }),
    })),
  };
}
