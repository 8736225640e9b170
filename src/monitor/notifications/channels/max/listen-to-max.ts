import type { BotListener, ListenerOptions } from "../bots/bot-listener.ts";
import { listenByPolling } from "../bots/listen-by-polling.ts";
import type { MaxSecrets, MaxServer } from "./connection.ts";
import { createMaxBot } from "./max-bot.ts";
import { pollUpdates } from "./poll-updates.ts";

/** To which bot and how to listen. */
export interface MaxListenerOptions extends ListenerOptions {
  server: MaxServer;
  secrets: MaxSecrets;
  /** ms UTC. */
  clock?: () => number;
}

/** Asks MAX for updates again and again, whatever happens, from its start until it is stopped. */
export function createMaxListener({
  server,
  secrets,
  clock = Date.now,
  ...options
}: MaxListenerOptions): BotListener {
  const connection = { server, secrets, limits: options.limits };
  return listenByPolling(
    {
      name: "MAX",
      poll: (marker, waitMs, signal) => pollUpdates(connection, marker, waitMs, signal, clock),
      createBot: (signal) => createMaxBot(connection, signal),
    },
    options,
  );
}
