import type { BotListener, ListenerOptions } from "../bots/bot-listener.ts";
import { listenByPolling } from "../bots/listen-by-polling.ts";
import type { TelegramSecrets, TelegramServer } from "./connection.ts";
import { pollUpdates } from "./poll-updates.ts";
import { createTelegramBot } from "./telegram-bot.ts";

export type { BotListener } from "../bots/bot-listener.ts";

/** To which bot and how to listen. */
export interface BotListenerOptions extends ListenerOptions {
  server: TelegramServer;
  secrets: TelegramSecrets;
}

/** Asks Telegram for updates again and again, whatever happens, from its start until it is stopped. */
export function createBotListener({ server, secrets, ...options }: BotListenerOptions): BotListener {
  const connection = { server, secrets, limits: options.limits };
  return listenByPolling(
    {
      name: "Telegram",
      poll: (offset, waitMs, signal) => pollUpdates(connection, offset, waitMs, signal),
      createBot: (signal) => createTelegramBot(connection, signal),
    },
    options,
  );
}
