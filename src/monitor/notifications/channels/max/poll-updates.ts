import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Polled, PolledUpdate } from "../bots/bot-listener.ts";
import { BOT_LIMITS } from "../bots/limits.ts";
import { failed } from "../failed.ts";
import { callMax, type MaxConnection } from "./call-max.ts";
import { readUpdate, UPDATE_TYPES } from "./read-update.ts";

const SECOND_MS = 1_000;
/** Few, so that those of people who write very much still make an answer that is read. */
const MAX_UPDATES = 20;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Whoever pressed a button longer ago waits for no answer. */
const MAX_AGE_MS = 10 * 60_000;

const answers = Compile(
  Type.Object({
    updates: Type.Array(Type.Unknown()),
    marker: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  }),
);
const stamped = Compile(Type.Object({ timestamp: Type.Number() }));

/**
 * Waits for what people do with a bot. It rejects when the signal ends it.
 * @param marker where the last answer ended, which acknowledges what was in it. null = MAX is asked for the first time, and may say again
 * what was long done: only what has just happened counts.
 * @param waitMs how long there may be nothing. @param clock ms UTC.
 */
export async function pollUpdates(
  connection: MaxConnection,
  marker: number | null,
  waitMs: number,
  signal: AbortSignal,
  clock: () => number,
): Promise<Polled> {
  const { callTimeoutMs = BOT_LIMITS.callTimeoutMs } = connection.limits ?? {};
  const patience = { callTimeoutMs: callTimeoutMs + waitMs, maxAnswerBytes: MAX_ANSWER_BYTES };
  const patient = { ...connection, limits: { ...connection.limits, ...patience } };
  const query = {
    ...(marker !== null && { marker: String(marker) }),
    limit: String(MAX_UPDATES),
    timeout: String(Math.round(waitMs / SECOND_MS)),
    types: UPDATE_TYPES.join(","),
  };
  const polled = await callMax(patient, { method: "GET", path: "/updates", query }, signal);
  if (!polled.ok) return polled;
  if (!answers.Check(polled.result)) return failed("invalid_answer", "these are no updates");
  const since = marker === null ? clock() - MAX_AGE_MS : 0;
  const updates = polled.result.updates.filter((update) => happenedAt(update) >= since).map(asPolled);
  return { ok: true, updates, next: polled.result.marker ?? null };
}

function happenedAt(update: unknown): number {
  return stamped.Check(update) ? update.timestamp : 0;
}

/** MAX gives its updates no numbers: who did what at which millisecond tells one from another. */
function asPolled(raw: unknown): PolledUpdate {
  const update = readUpdate(raw);
  const key = JSON.stringify([
    ...[happenedAt(raw), update?.kind, update?.from.id],
    ...[update?.kind === "button" && update.callbackId],
  ]);
  return { key, update, next: null };
}
