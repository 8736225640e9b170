import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Polled } from "../bots/bot-listener.ts";
import { BOT_LIMITS } from "../bots/limits.ts";
import { failed } from "../failed.ts";
import { readUpdate } from "./bot-update.ts";
import { callTelegram, type TelegramConnection } from "./call-telegram.ts";

const SECOND_MS = 1_000;
/** Few, so that those of people who write very much still make an answer that is read. */
const MAX_UPDATES = 20;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const KINDS = ["message", "callback_query"] as const;

const rawUpdates = Compile(Type.Array(Type.Object({ update_id: Type.Integer() })));

/**
 * Waits for what people do with a bot.
 * @param offset what came before it is acknowledged, so that it does not come again; null = whatever is there.
 * @param waitMs how long there may be nothing. It rejects when the signal ends it.
 */
export async function pollUpdates(
  connection: TelegramConnection,
  offset: number | null,
  waitMs: number,
  signal: AbortSignal,
): Promise<Polled> {
  const { callTimeoutMs = BOT_LIMITS.callTimeoutMs } = connection.limits ?? {};
  const patience = { callTimeoutMs: callTimeoutMs + waitMs, maxAnswerBytes: MAX_ANSWER_BYTES };
  const patient = { ...connection, limits: { ...connection.limits, ...patience } };
  const polled = await callTelegram<unknown>(patient, signal, (api) =>
    api.getUpdates({
      ...(offset !== null && { offset }),
      limit: MAX_UPDATES,
      timeout: Math.round(waitMs / SECOND_MS),
      allowed_updates: KINDS,
    }),
  );
  if (!polled.ok) return polled.failed;
  if (!rawUpdates.Check(polled.result)) return failed("invalid_answer", "these are no updates");
  const updates = polled.result.map((raw) => ({
    key: String(raw.update_id),
    update: readUpdate(raw),
    next: raw.update_id + 1,
  }));
  return { ok: true, updates, next: null };
}
