import type { FastifyBaseLogger } from "fastify";
import type { SendFailure } from "../failed.ts";
import type { BotUpdate } from "./bot-update.ts";
import type { BotLimits } from "./limits.ts";
import type { MessengerBot } from "./messenger-bot.ts";
import type { PollPauses } from "./poll-pause.ts";

/** Listens to what people do with a bot. */
export interface BotListener {
  start(): void;
  /** Ends what is under way; resolves once nothing is any more. It can be started again. */
  stop(): Promise<void>;
}

/** To what and how to listen. */
export interface ListenerOptions {
  /**
   * Called with one update after the other, each until it is done with the one before. What it rejects with is logged, and the update
   * counts as done. An update may come again when the process ends before the messenger has heard that it is done.
   */
  onUpdate: (update: BotUpdate, bot: MessengerBot) => Promise<void> | void;
  /** Called when it changes whether the bot can be listened to: why not, or null; with null once it can for the first time. */
  onStanding: (failure: SendFailure | null) => void;
  log: FastifyBaseLogger;
  /** How long one call waits for something to happen, ms: 25 s unless told. */
  waitMs?: number;
  limits?: Partial<BotLimits>;
  pauses?: PollPauses;
  /** From 0 to 1. */
  random?: () => number;
}

/** One thing that has happened. */
export interface PolledUpdate {
  /** The same whenever it comes. */
  key: string;
  /** null = a bot of Poswatch does not listen to it. */
  update: BotUpdate | null;
  /** The position that acknowledges it with all before it; null = that is only known of the whole answer. */
  next: number | null;
}

/** What has happened since a position. */
export type Polled =
  | {
      ok: true;
      updates: PolledUpdate[];
      /** The position that acknowledges all of them; null = there is no other than theirs. */
      next: number | null;
    }
  | SendFailure;

/** A messenger, as far as listening to one of its bots goes. */
export interface PolledMessenger {
  /** For the log. */
  name: string;
  /** Waits for what happens. @param position null = from wherever the messenger begins. It rejects when the signal ends it. */
  poll(position: number | null, waitMs: number, signal: AbortSignal): Promise<Polled>;
  createBot(signal: AbortSignal): MessengerBot;
}
