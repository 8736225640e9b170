import { isDeepStrictEqual } from "node:util";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { readRestoredAt } from "../../fleet/restored-copy.ts";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import { attempt } from "../../requests/attempt.ts";
import type { BotConnection } from "../channels/bots/call-bot.ts";
import { listenToBot } from "../channels/bots/listen-to-bot.ts";
import { isMessenger } from "../channels/kind.ts";
import { readChannels } from "../registry/find-channels.ts";
import { openChannel } from "../sending/open-channel.ts";
import { answerUpdate, type KnownBot } from "./answer-update.ts";

export type BotListeners = ReturnType<typeof createBotListeners>;

type Bot = KnownBot & { connection: BotConnection };

/** Listens to the bots of all channels that are switched on, one listener for each bot. */
export function createBotListeners({ database, secretBox, clock }: FastifyInstance, log: FastifyBaseLogger) {
  const { db, revision } = database;
  const listening = new Map<string, ReturnType<typeof listen>>();
  let seenRevision: number | null = null;
  let isStopped = false;

  return {
    /** Begins and ends listening, as channels come and go; called every second. */
    async tick() {
      const now = revision();
      if (isStopped || now === seenRevision) return;
      const wanted = (await readRestoredAt(db)) === null ? await listBots() : new Map<string, Bot>();
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
    /** Why the bot of a channel cannot be listened to; null = it can, or nobody has tried. */
    standingOf(channelId: number) {
      const found = [...listening.values()].find(({ bot }) => bot.channelIds.includes(channelId));
      return found?.standing ?? null;
    },
    async stop() {
      isStopped = true;
      await Promise.all([...listening.values()].map(({ listener }) => listener.stop()));
    },
  };

  /** Two listeners to one bot would take each other's updates. */
  async function listBots(): Promise<Map<string, Bot>> {
    const bots = new Map<string, Bot>();
    const channels = (await readChannels(db)).sort((one, other) => one.id - other.id);
    for (const { id, kind, ownerId, isEnabled, language, timeZone } of channels) {
      if (ownerId !== null || !isEnabled || !isMessenger(kind)) continue;
      const connection = await findConnection(id);
      if (!connection) continue;
      const key = JSON.stringify([kind, connection.server.baseUrl, connection.secrets.token]);
      const bot = bots.get(key) ?? { messenger: kind, connection, language, timeZone, channelIds: [] };
      bots.set(key, { ...bot, channelIds: [...bot.channelIds, id] });
    }
    return bots;
  }

  /** One that cannot be read silences no others; it fails when something is sent. */
  async function findConnection(channelId: number) {
    const fault = "The bot of a channel cannot be listened to";
    const channel = await attempt(log, fault, { channelId }, () => openChannel(db, secretBox, channelId));
    return channel?.connection as BotConnection | undefined;
  }

  function listen(bot: Bot) {
    const listener = listenToBot(bot.connection, {
      ...{ log, clock },
      onUpdate: (update) => answerUpdate(db, entry.bot, update, clock()),
      onStanding: (failure) => {
        entry.standing = failure;
      },
    });
    const entry = { bot, listener, standing: null as OutgoingFailure | null };
    return entry;
  }
}
