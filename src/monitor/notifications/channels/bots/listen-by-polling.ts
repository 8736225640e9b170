import { setTimeout as delay } from "node:timers/promises";
import type { SendFailure } from "../failed.ts";
import type { BotListener, ListenerOptions, PolledMessenger, PolledUpdate } from "./bot-listener.ts";
import type { BotUpdate } from "./bot-update.ts";
import type { MessengerBot } from "./messenger-bot.ts";
import { POLL_PAUSES, pollPauseMs } from "./poll-pause.ts";

const WAIT_MS = 25_000;

/** Asks for updates again and again, whatever happens, from its start until it is stopped. */
export function listenByPolling(
  { name, poll, createBot }: PolledMessenger,
  {
    onUpdate,
    onStanding,
    log,
    waitMs = WAIT_MS,
    pauses = POLL_PAUSES,
    random = Math.random,
  }: ListenerOptions,
): BotListener {
  let position: number | null = null;
  /** Those of the last answer, should they come again. */
  let done: ReadonlySet<string> = new Set();
  let standing: SendFailure | null | undefined;
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
    const bot = createBot(signal);
    let failures = 0;
    while (!signal.aborted) {
      try {
        const startedAt = performance.now();
        const isProbing = mayProbe();
        const polled = await poll(position, isProbing ? 0 : waitMs, signal);
        stand(polled.ok ? null : polled);
        const isFruitful = polled.ok && (await handleNew(polled.updates, bot, signal));
        if (polled.ok && !signal.aborted) position = polled.next ?? position;
        if (polled.ok && isProbing) continue;
        const hasWaited = polled.ok && performance.now() - startedAt >= Math.min(pauses.firstMs, waitMs);
        failures = isFruitful || hasWaited ? 0 : failures + 1;
        if (failures > 0) await pause(failures, polled.ok ? null : polled.retryAfterMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error }, `Listening to the ${name} bot failed; going on`);
        failures += 1;
        await pause(failures, null, signal);
      }
    }
  }

  /** Asks without waiting, so that it is known at once how it stands; not where another program may have asked, which that would oust. */
  function mayProbe(): boolean {
    return standing !== null && standing?.failure !== "refused";
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
      if (!signal.aborted)
        log.error({ err: error, kind: update.kind }, `An update of the ${name} bot failed; it is left out`);
    }
  }

  function stand(failure: SendFailure | null): void {
    const isSame = failure?.failure === standing?.failure && failure?.detail === standing?.detail;
    if (isSame && standing !== undefined) return;
    if (failure)
      log.warn({ failure: failure.failure, detail: failure.detail }, "The bot cannot be listened to");
    else if (standing) log.info("The bot can be listened to again");
    standing = failure;
    onStanding(failure);
  }

  /** Waits, unless the signal ends it. */
  async function pause(failures: number, retryAfterMs: number | null, signal: AbortSignal): Promise<void> {
    const pauseMs = pollPauseMs(failures, retryAfterMs, pauses, random);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
