import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import { CALL_LIMITS, type CallLimits } from "../../../outgoing/call.ts";
import { failed, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type BotConnection, callBot, DIALECTS } from "./call-bot.ts";
import type { BotCall, BotUpdate, PolledUpdates } from "./dialect.ts";

const WAIT_MS = 25_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const POLL_PAUSES = { firstMs: 1_000, longestMs: 60_000 };
/** The first answer may have old updates. */
const MAX_AGE_MS = 10 * 60_000;

/** The optional ones are for tests. */
export interface ListenerOptions {
  /** Called with one update after another, for a call to make. Errors are logged. An update comes again after a crash. */
  onUpdate: (update: BotUpdate) => Promise<BotCall | null>;
  /** Called after the first poll and when polling begins or ceases to fail; null = it works. */
  onStanding: (failure: OutgoingFailure | null) => void;
  log: FastifyBaseLogger;
  /** ms UTC. */
  clock: () => number;
  waitMs?: number;
  limits?: Partial<CallLimits>;
  pauses?: typeof POLL_PAUSES;
}

/** Polls the updates of a bot until it is stopped; `stop` resolves when nothing is under way. */
export function listenToBot(
  connection: BotConnection,
  { onUpdate, onStanding, log, clock, ...options }: ListenerOptions,
): { stop(): Promise<void> } {
  const { waitMs = WAIT_MS, limits, pauses = POLL_PAUSES } = options;
  const dialect = DIALECTS[connection.kind];
  const closing = new AbortController();
  const { signal } = closing;
  let position: number | null = null;
  let standing: OutgoingFailure | null | undefined;
  const ended = listen();

  return {
    async stop() {
      closing.abort(new Error("the bot is no longer listened to"));
      await ended;
    },
  };

  async function listen(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const polled = await poll();
        noteStanding(polled.ok ? null : polled);
        failures = polled.ok ? 0 : failures + 1;
        const isNew = polled.ok && (await handle(polled));
        if (!isNew) await pause(failures, polled.ok ? null : polled.retryAfterMs);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error }, `Listening to the ${dialect.name} bot failed; going on`);
        await pause(++failures, null);
      }
    }
  }

  async function poll(): Promise<({ ok: true } & PolledUpdates) | OutgoingFailure> {
    const patient = { ...CALL_LIMITS, maxAnswerBytes: MAX_ANSWER_BYTES, ...limits };
    patient.callTimeoutMs += waitMs;
    const since = position === null ? clock() - MAX_AGE_MS : 0;
    const answer = await callBot(connection, dialect.pollUpdates(position, waitMs), signal, patient);
    if (!answer.ok) return answer;
    const polled = dialect.readUpdates(answer.result, since);
    return polled ? { ok: true, ...polled } : failed("temporary", "these are no updates");
  }

  /** @returns whether there was anything new; an answer that repeats itself has nothing. */
  async function handle({ updates, next }: PolledUpdates): Promise<boolean> {
    if (next !== null && next === position) return false;
    for (const update of updates) {
      if (signal.aborted) return true;
      try {
        const answer = await onUpdate(update);
        if (answer) await callBot(connection, answer, signal, limits);
      } catch (error) {
        const what = `An update of the ${dialect.name} bot failed; it is left out`;
        if (!signal.aborted) log.error({ err: error, kind: update.kind }, what);
      }
    }
    position = next ?? position;
    return next !== null;
  }

  function noteStanding(failure: OutgoingFailure | null): void {
    const isSame = failure?.failure === standing?.failure && failure?.detail === standing?.detail;
    if (isSame && standing !== undefined) return;
    if (failure)
      log.warn({ failure: failure.failure, detail: failure.detail }, "The bot cannot be listened to");
    else if (standing) log.info("The bot can be listened to again");
    standing = failure;
    onStanding(failure);
  }

  /** Waits longer with each failure in a row, and at least as long as the messenger asks. */
  async function pause(failures: number, retryAfterMs: number | null): Promise<void> {
    const pauseMs = Math.min(pauses.firstMs * 2 ** failures, pauses.longestMs);
    await delay(Math.max(pauseMs, retryAfterMs ?? 0), undefined, { signal }).catch(() => undefined);
  }
}
