import Type from "typebox";
import { Compile } from "typebox/compile";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { hideSecrets } from "../bots/hide-secrets.ts";
import { failed } from "../failed.ts";
import { callTelegram, type TelegramConnection } from "./call-telegram.ts";
import type { TelegramFailure } from "./name-refusal.ts";

const bots = Compile(
  Type.Object({ username: Type.String({ minLength: 1 }), first_name: Type.String({ minLength: 1 }) }),
);

/** Who a token belongs to: `username` without `@`. */
export type BotDescription = { ok: true; username: string; name: string } | TelegramFailure;

/** Asks a Bot API who the bot of a token is. It rejects when the signal ends it. */
export async function describeBot(
  connection: TelegramConnection,
  signal: AbortSignal,
): Promise<BotDescription> {
  const asked = await callTelegram<unknown>(connection, signal, (api) => api.getMe());
  if (!asked.ok) return asked.failed;
  if (!bots.Check(asked.result)) return failed("invalid_answer", "taken, but without saying who the bot is");
  const hide = hideSecrets(connection.secrets);
  return {
    ok: true,
    username: shortLine(hide(asked.result.username)),
    name: shortLine(hide(asked.result.first_name)),
  };
}
