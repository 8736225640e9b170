import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import { CALL_LIMITS, type CallLimits } from "../../../outgoing/call.ts";
import { failed, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type BotConnection, callBot, createMessengerBot, DIALECTS, type MessengerBot } from "./call-bot.ts";
import type { BotUpdate, PolledUpdate, PolledUpdates } from "./updates.ts";

const WAIT_MS = 25_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const POLL_PAUSES = { firstMs: 1_000, longestMs: 60_000 };
/** Of a pause, so much is left to chance. */
const CHANCE = 0.5;

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
  onStanding: (failure: OutgoingFailure | null) => void;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock?: () => number;
  /** How long one call waits for something to happen, ms: 25 s unless told. */
  waitMs?: number;
  limits?: Partial<CallLimits>;
  /** How long to wait after attempts that came to nothing, ms. */
  pauses?: { firstMs: number; longestMs: number };
  /** From 0 to 1. */
  random?: () => number;
}

type Polled = ({ ok: true } & PolledUpdates) | OutgoingFailure;

/** Asks for updates again and again, whatever happens, from its start until it is stopped. */
export function createBotListener(
  connection: BotConnection,
  {
    onUpdate,
    onStanding,
    log,
    clock = Date.now,
    waitMs = WAIT_MS,
    limits,
    pauses = POLL_PAUSES,
    random = Math.random,
  }: ListenerOptions,
): BotListener {
  const dialect = DIALECTS[connection.kind];
  let position: number | null = null;
  /** Those of the last answer, should they come again. */
  let done: ReadonlySet<string> = new Set();
  let standing: OutgoingFailure | null | undefined;
  let closing: AbortController | null = null;
  let loop = Promise.resolve();

  return {
    start() {
      if (closing) return;
      closing = new AbortController();
      const { signal } = closing;
      loop = loop.then(() => listen(signal));
    },
    async stop() {
      closing?.abort(new Error("the bot is no longer listened to"));
      closing = null;
      await loop;
    },
  };

  async function listen(signal: AbortSignal): Promise<void> {
    const bot = createMessengerBot(connection, signal, limits);
    let failures = 0;
    while (!signal.aborted) {
      try {
        const startedAt = performance.now();
        const isProbing = mayProbe();
        const polled = await poll(isProbing ? 0 : waitMs, signal);
        stand(polled.ok ? null : polled);
        const isFruitful = polled.ok && (await handleNew(polled.updates, bot, signal));
        if (polled.ok && !signal.aborted) position = polled.next ?? position;
        if (polled.ok && isProbing) continue;
        const hasWaited = polled.ok && performance.now() - startedAt >= Math.min(pauses.firstMs, waitMs);
        failures = isFruitful || hasWaited ? 0 : failures + 1;
        if (failures > 0) await pause(failures, polled.ok ? null : polled.retryAfterMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error }, `Listening to the ${dialect.name} bot failed; going on`);
        failures += 1;
        await pause(failures, null, signal);
      }
    }
  }

  /** Asks without waiting, so that it is known at once how it stands; not where another program may have asked, which that would oust. */
  function mayProbe(): boolean {
    return standing !== null && standing?.failure !== "recipient";
  }

  async function poll(waitMs: number, signal: AbortSignal): Promise<Polled> {
    const patient = { ...CALL_LIMITS, maxAnswerBytes: MAX_ANSWER_BYTES, ...limits };
    patient.callTimeoutMs += waitMs;
    const answer = await callBot(connection, dialect.pollUpdates(position, waitMs), signal, patient);
    if (!answer.ok) return answer;
    const updates = dialect.readUpdates(answer.result, position, clock());
    return updates ? { ok: true, ...updates } : failed("temporary", "these are no updates");
  }

  /** @returns whether there was anything new. */
  async function handleNew(
    updates: PolledUpdate[],
    bot: MessengerBot,
    signal: AbortSignal,
  ): Promise<boolean> {
    const fresh = updates.filter(({ key }) => !done.has(key));
    for (const { key, update, next } of fresh) {
      if (signal.aborted) return true;
      if (update) await handle(update, bot, signal);
      position = next ?? position;
      done = new Set([...done, key]);
    }
    if (fresh.length > 0) done = new Set(updates.map(({ key }) => key));
    return fresh.length > 0;
  }

  async function handle(update: BotUpdate, bot: MessengerBot, signal: AbortSignal): Promise<void> {
    try {
      await onUpdate(update, bot);
    } catch (error) {
      if (signal.aborted) return;
      log.error(
        { err: error, kind: update.kind },
        `An update of the ${dialect.name} bot failed; it is left out`,
      );
    }
  }

  function stand(failure: OutgoingFailure | null): void {
    const isSame = failure?.failure === standing?.failure && failure?.detail === standing?.detail;
    if (isSame && standing !== undefined) return;
    if (failure)
      log.warn({ failure: failure.failure, detail: failure.detail }, "The bot cannot be listened to");
    else if (standing) log.info("The bot can be listened to again");
    standing = failure;
    onStanding(failure);
  }

  /** Waits longer with each failure in a row, and never shorter than the messenger wants, unless the signal ends it. */
  async function pause(failures: number, retryAfterMs: number | null, signal: AbortSignal): Promise<void> {
    const spreadMs = Math.min(pauses.firstMs * 2 ** (failures - 1), pauses.longestMs);
    const pauseMs = Math.max(spreadMs * (1 - CHANCE * random()), retryAfterMs ?? 0);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
