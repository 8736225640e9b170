import Fastify from "fastify";
import type {
  BotListener,
  ListenerOptions,
} from "../../src/monitor/notifications/channels/bots/bot-listener.ts";
import type { BotUpdate } from "../../src/monitor/notifications/channels/bots/bot-update.ts";
import {
  createMaxListener,
  type MaxListenerOptions,
} from "../../src/monitor/notifications/channels/max/listen-to-max.ts";
import {
  type BotListenerOptions,
  createBotListener,
} from "../../src/monitor/notifications/channels/telegram/listen-to-bot.ts";
import type { TestMax } from "./max.ts";
import type { Owner } from "./owner.ts";
import type { TestTelegram } from "./telegram.ts";

export interface TestListener extends BotListener {
  /** What it has heard, from the first. */
  heard: BotUpdate[];
  /** How it has stood, from the first; null = it could listen. */
  standings: (string | null)[];
}

/** Listens to a simulated bot of Telegram with short pauses, until the test ends. */
export function listenToBot(
  t: Owner,
  telegram: TestTelegram,
  options: Partial<BotListenerOptions> = {},
): TestListener {
  return listen(t, options, (own) => createBotListener({ ...telegram.channel(), ...own }));
}

/** Listens to a simulated bot of MAX with short pauses, until the test ends. */
export function listenToMax(t: Owner, max: TestMax, options: Partial<MaxListenerOptions> = {}): TestListener {
  return listen(t, options, (own) => createMaxListener({ ...max.channel(), ...own }));
}

function listen<Options extends Partial<ListenerOptions>>(
  t: Owner,
  options: Options,
  create: (options: Options & ListenerOptions) => BotListener,
): TestListener {
  const heard: BotUpdate[] = [];
  const standings: (string | null)[] = [];
  const listener = create({
    onStanding: (failure) => void standings.push(failure && `${failure.failure}: ${failure.detail}`),
    log: Fastify().log,
    waitMs: 25_000,
    pauses: { firstMs: 20, longestMs: 100 },
    ...options,
    async onUpdate(update, bot) {
      heard.push(update);
      await options.onUpdate?.(update, bot);
    },
  });
  t.teardown(() => listener.stop());
  return { ...listener, heard, standings };
}
