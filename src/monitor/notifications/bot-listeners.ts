import { isDeepStrictEqual } from "node:util";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { subjectOfIncident } from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { findIncident } from "../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../fleet/incidents/incident-in-words.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import type { OutgoingFailure } from "../outgoing/failure.ts";
import { attempt } from "../requests/runner.ts";
import { endOwnAcknowledgement, type NamedSubject, takeCare } from "../restaurants/acknowledge.ts";
import { findAcknowledgements } from "../restaurants/acknowledgements.ts";
import { untilChoices } from "../restaurants/until-choices.ts";
import { hasAnyRight } from "../viewer/access.ts";
import { presentationFor } from "../viewer/viewer.ts";
import { type BotConnection, DIALECTS } from "./channels/bots/call-bot.ts";
import type { BotUpdate } from "./channels/bots/dialect.ts";
import { listenToBot } from "./channels/bots/listen-to-bot.ts";
import { escapeHtml } from "./channels/bots/message-html.ts";
import { isMessenger } from "./channels/kind.ts";
import { botOf, openChannel } from "./sending/open-channel.ts";
import { readChannels } from "./settings/find-channels.ts";
import { type BotOfChannels, findBotUser, redeemMessengerCode } from "./settings/messenger-accounts.ts";

export type BotListeners = ReturnType<typeof createBotListeners>;

interface Bot extends BotOfChannels {
  connection: BotConnection;
  /** Of the first of its channels. */
  language: string;
  timeZone: string;
}

/** Listens to the bots of all enabled channels, with one listener for each bot. */
export function createBotListeners({ database, secretBox, clock }: FastifyInstance, log: FastifyBaseLogger) {
  const { db, revision } = database;
  const listening = new Map<string, ReturnType<typeof listen>>();
  let seenRevision: number | null = null;
  let isStopped = false;

  return {
    /** Begins and ends listening after channels have changed; called every second. */
    async tick() {
      if (isStopped) return; // the database may be closed
      const now = revision();
      if (now === seenRevision) return;
      const wanted = !(await isHeldBack(db)) ? await listBots() : new Map<string, Bot>();
      for (const [key, { listener, bot }] of listening) {
        if (isDeepStrictEqual(wanted.get(key)?.connection, bot.connection)) continue;
        listening.delete(key);
        await listener.stop();
      }
      for (const [key, bot] of wanted) {
        const known = listening.get(key);
        if (known) known.bot = bot;
        else listening.set(key, listen(bot));
      }
      seenRevision = now;
    },
    /** Why the bot of a channel cannot be listened to; null = it can, or was not tried yet. */
    standingOf(channelId: number) {
      const found = [...listening.values()].find(({ bot }) => bot.channelIds.includes(channelId));
      return found?.standing ?? null;
    },
    async stop() {
      isStopped = true;
      await Promise.all([...listening.values()].map(({ listener }) => listener.stop()));
    },
  };

  /** By address and token: two listeners of one bot would take each other's updates. */
  async function listBots(): Promise<Map<string, Bot>> {
    const bots = new Map<string, Bot>();
    const channels = (await readChannels(db)).sort((one, other) => one.id - other.id);
    for (const { id, kind, ownerId, isEnabled, language, timeZone } of channels) {
      if (ownerId !== null || !isEnabled || !isMessenger(kind)) continue;
      const connection = await findConnection(id);
      if (!connection) continue;
      const key = JSON.stringify([kind, connection.settings.baseUrl, connection.secrets.token]);
      const bot = bots.get(key) ?? { messenger: kind, connection, language, timeZone, channelIds: [] };
      bots.set(key, { ...bot, channelIds: [...bot.channelIds, id] });
    }
    return bots;
  }

  /** A channel that cannot be opened is skipped: it fails when something is sent. */
  async function findConnection(channelId: number) {
    const fault = "The bot of a channel cannot be listened to";
    const channel = await attempt(log, fault, { channelId }, () => openChannel(db, secretBox, channelId));
    return channel && botOf(channel);
  }

  function listen(bot: Bot) {
    const listener = listenToBot(bot.connection, {
      log,
      clock,
      onUpdate: (update) => answerUpdate(db, entry.bot, update, clock()),
      onStanding: (failure) => {
        entry.standing = failure;
      },
    });
    const entry = { bot, listener, standing: null as OutgoingFailure | null };
    return entry;
  }
}

type Button = Extract<BotUpdate, { kind: "button" }>;

/** Does what somebody asks a bot for, as far as they may. @returns the bot's answer. */
async function answerUpdate(db: Db, bot: Bot, update: BotUpdate, now: number) {
  const dialect = DIALECTS[bot.messenger];
  if (update.kind === "button") {
    const { text, isAlert } = await press(db, bot, update, now);
    return dialect.answerButton(update.callbackId, text, isAlert);
  }
  const html = escapeHtml(await answerText(db, bot, update, now));
  return dialect.sendMessage({ chatId: update.chatId, topicId: "" }, { html, buttons: [] }, false);
}

async function answerText(db: Db, bot: Bot, update: Exclude<BotUpdate, Button>, now: number) {
  const { t } = presentationFor(bot.language, bot.timeZone);
  const isStart = update.kind === "start";
  if (isStart && !(await redeemMessengerCode(db, bot, update, now))) return t("bot.wrongCode");
  const user = await findBotUser(db, bot, update.from.id);
  if (!user) return t("bot.unknown");
  const greeting = isStart ? "linked" : "known";
  const { name } = user.actor;
  return t(hasAnyRight(user.access) ? `bot.${greeting}` : `bot.${greeting}WithoutRights`, { name });
}

/** @returns the answer to whoever pressed; an alert has to be closed. */
async function press(db: Db, bot: Bot, { data, from }: Button, now: number) {
  const user = await findBotUser(db, bot, from.id);
  const [language, zone] = [user?.language ?? bot.language, user?.timeZone ?? bot.timeZone];
  const { t, format, timeZone } = presentationFor(language, zone);
  const alert = (key: string, values = {}) => ({ text: t(key, values), isAlert: true });
  const note = (key: string, values = {}) => ({ text: t(key, values), isAlert: false });
  if (!user) return alert("bot.linkFirst");
  const incident = data && (await findIncident(db, user.access, data.incidentId));
  if (!incident) return alert("bot.noIncident");
  if (incident.closedAt !== null) return alert("bot.over");
  const { name = null, organizationId = null } = incident.posServer ?? {};
  const subject: NamedSubject = { ...subjectOfIncident(incident), name, organizationId };
  const { current } = await findAcknowledgements(db, subject, now);
  const isOwn = current?.userId === user.actor.userId;
  const time = current && format.clock(current.endsAt, now);
  if (current && !isOwn) return alert("bot.takenAlready", { name: current.userName, time });
  if (data.action === "release") {
    if (!current) return note("bot.nobodys");
    await endOwnAcknowledgement(db, user.actor, subject, now);
    return note("bot.released");
  }
  if (current) return note("bot.yoursAlready", { time });
  const endsAt = untilChoices(now, timeZone).find(({ isDefault }) => isDefault)?.at ?? now;
  const outcome = await takeCare(db, user.actor, subject, { endsAt, note: null, insteadOf: null }, now);
  if (outcome !== "done") return alert(`acknowledgement.problem.${outcome}`);
  const title = titleOfIncident({ t }, incident);
  return note("bot.taken", { title, time: format.clock(endsAt, now) });
}
