import Fastify from "fastify";
import type { BotConnection } from "../../src/monitor/notifications/channels/bots/call-bot.ts";
import type {
  BotContent,
  BotTarget,
  BotUpdate,
} from "../../src/monitor/notifications/channels/bots/dialect.ts";
import {
  type ListenerOptions,
  listenToBot,
} from "../../src/monitor/notifications/channels/bots/listen-to-bot.ts";
import type { Messenger } from "../../src/monitor/notifications/channels/kind.ts";
import { startMax } from "./max.ts";
import type { Owner } from "./owner.ts";
import type { BotBehaviour, serveBot } from "./serve-bot.ts";
import { ANNA, type SimulatedPerson } from "./simulated-messenger.ts";
import * as telegram from "./telegram.ts";

/** A message as people see it. */
export interface SeenMessage {
  id: string;
  text: string;
  isSilent: boolean;
  buttons: BotContent["buttons"];
  history: string[];
}

/** A bot in a simulated messenger, whichever that is. Chats are named as the target of a channel has them. */
export interface TestBot extends Omit<Awaited<ReturnType<typeof serveBot<never>>>, "calls" | "url"> {
  kind: Messenger;
  token: string;
  group: string;
  anna: string;
  channel(target?: Partial<BotTarget>): BotConnection;
  calls: readonly object[];
  messages(chatId?: string): SeenMessage[];
  remove(messageId: string): void;
  /** The group no longer has the bot. */
  shutOut(): void;
  say(text: string, from: SimulatedPerson, isInGroup?: boolean): void;
  /** Anna presses a button below a message of the group. @returns what the bot says to it. */
  press(messageId: string, button: string): Promise<string>;
  isListenedTo(): boolean;
  unacknowledged(): number;
  refuse(status: number, words: string, retryAfterSeconds?: number): BotBehaviour;
  resultOf(result: unknown): BotBehaviour;
  /** Says that this has happened; what comes after it is at 7. */
  happened(...updates: unknown[]): BotBehaviour;
}

async function startTelegramBot(t: Owner, port = 0): Promise<TestBot> {
  const simulator = await telegram.startTelegram(t, { port });
  const { GROUP_ID, TOKEN, refuseWith, resultOf } = telegram;
  return {
    ...simulator,
    kind: "telegram",
    token: TOKEN,
    group: String(GROUP_ID),
    anna: String(ANNA.id),
    resultOf,
    messages: (chatId = String(GROUP_ID)) =>
      simulator.messages(Number(chatId)).map((message) => ({ ...message, id: String(message.id) })),
    remove: (messageId) => simulator.remove(GROUP_ID, Number(messageId)),
    shutOut: () => simulator.setStanding(GROUP_ID, "kicked"),
    say: (text, from, isInGroup) => simulator.say(isInGroup ? GROUP_ID : from.id, text, from),
    press: async (messageId, button) =>
      (await simulator.press(GROUP_ID, Number(messageId), button, ANNA)).text,
    refuse: (status, words, retry_after) => refuseWith(status, words, { retry_after }),
    happened: (...updates) => resultOf(updates),
  };
}

/** The same for a bot of each messenger. */
export const BOTS = [
  { kind: "telegram", start: startTelegramBot },
  { kind: "max", start: startMax },
] as const;

/** Listens to a bot with short pauses, until the test ends. */
export function listenTo(t: Owner, bot: Pick<TestBot, "channel">, options: Partial<ListenerOptions> = {}) {
  const heard: BotUpdate[] = [];
  /** How it has stood, from the first; null = it could listen. */
  const standings: (string | null)[] = [];
  let listener: ReturnType<typeof listenToBot> | undefined;
  const start = () => {
    listener = listenToBot(bot.channel(), {
      onStanding: (failure) => void standings.push(failure && `${failure.failure}: ${failure.detail}`),
      log: Fastify().log,
      clock: Date.now,
      pauses: { firstMs: 20, longestMs: 100 },
      ...options,
      async onUpdate(update) {
        heard.push(update);
        return (await options.onUpdate?.(update)) ?? null;
      },
    });
  };
  const stop = async () => await listener?.stop();
  t.teardown(stop);
  return { start, stop, heard, standings };
}
