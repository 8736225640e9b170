import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import { readRestoredAt } from "../../fleet/restored-copy.ts";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { BotConnection } from "../channels/bots/call-bot.ts";
import { listenToBot } from "../channels/bots/listen-to-bot.ts";
import { MESSENGERS } from "../channels/channel.ts";
import { openChannel } from "../sending/open-channel.ts";
import { answerUpdate, type KnownBot } from "./answer-update.ts";

export interface BotListenersOptions {
  db: Db;
  secretBox: SecretBox;
  /** A number that moves when channels may have changed. */
  revision: () => number;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock: () => number;
}

/** Listens to the bots of all channels that are switched on, one listener for each bot. */
export interface BotListeners {
  /** Begins and ends listening, as channels come and go; called every second. */
  tick(): Promise<void>;
  /** Why the bot of a channel cannot be listened to; null = it can, or nobody has tried. */
  standingOf(channelId: number): OutgoingFailure | null;
  stop(): Promise<void>;
}

interface Bot extends KnownBot {
  connection: BotConnection;
}

interface Listening {
  bot: Bot;
  listener: ReturnType<typeof listenToBot>;
  standing: OutgoingFailure | null;
}

export function createBotListeners({
  db,
  secretBox,
  revision,
  log,
  clock,
}: BotListenersOptions): BotListeners {
  const listening = new Map<string, Listening>();
  let seenRevision: number | null = null;
  let isStopped = false;

  return {
    async tick() {
      const now = revision();
      if (isStopped || now === seenRevision) return;
      const wanted = (await readRestoredAt(db)) === null ? await listBots() : new Map<string, Bot>();
      for (const [key, { listener }] of listening) {
        if (wanted.has(key)) continue;
        listening.delete(key);
        await listener.stop();
      }
      for (const [key, bot] of wanted) {
        const known = listening.get(key);
        if (known) known.bot = bot;
        else listen(key, bot);
      }
      seenRevision = now;
    },
    standingOf(channelId) {
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
    const rows = await db
      .selectFrom("channel")
      .select("id")
      .where("kind", "in", MESSENGERS)
      .where("user_id", "is", null)
      .where("is_enabled", "=", 1)
      .orderBy("id")
      .execute();
    const bots = new Map<string, Bot>();
    for (const { id } of rows) {
      const channel = await open(id);
      if (!channel) continue;
      const { language, timeZone } = channel;
      const connection = channel.connection as BotConnection;
      const { kind: messenger, server, secrets } = connection;
      const key = JSON.stringify([messenger, server, secrets]);
      const known = bots.get(key);
      const channelIds = [...(known?.channelIds ?? []), id];
      bots.set(key, { messenger, connection, language, timeZone, ...known, channelIds });
    }
    return bots;
  }

  /** One that cannot be read silences no others; it fails when something is sent. */
  async function open(id: number) {
    try {
      return await openChannel(db, secretBox, id);
    } catch (error) {
      log.error({ err: error, channelId: id }, "The bot of a channel cannot be listened to");
      return null;
    }
  }

  function listen(key: string, bot: Bot): void {
    const entry: Listening = {
      bot,
      standing: null,
      listener: listenToBot(bot.connection, {
        ...{ log, clock },
        onUpdate: (update, messengerBot) => answerUpdate(db, entry.bot, update, messengerBot, clock()),
        onStanding: (failure) => {
          entry.standing = failure;
        },
      }),
    };
    listening.set(key, entry);
  }
}
