import type { GrammyError, RawApi } from "grammy";
import { type BotConnection, callBot, type Way } from "../bots/call-bot.ts";
import { type BotSecrets, hideSecrets } from "../bots/hide-secrets.ts";
import type { TelegramServer } from "./connection.ts";
import { fetchAnswer } from "./fetch-answer.ts";
import { nameRefusal, type TelegramFailure } from "./name-refusal.ts";

/** As which bot to call Telegram, and by which way. */
export type TelegramConnection = BotConnection<TelegramServer>;

/** How a call ended. */
export type CallOutcome<Result> = { ok: true; result: Result } | FailedCall;

export interface FailedCall {
  ok: false;
  failed: TelegramFailure;
  /** Where the group is now, which is no longer where it was asked for; null = it was not said. */
  movedTo: string | null;
}

/**
 * Makes one call to a Bot API of Telegram.
 * @returns how it ended, its words without secrets; what the result is has yet to be checked. It rejects when the signal ends it.
 */
export async function callTelegram<Result>(
  connection: TelegramConnection,
  signal: AbortSignal,
  call: (api: RawApi) => Promise<Result>,
): Promise<CallOutcome<Result>> {
  // Here, not above: the 20 MB that it takes are for those who have a bot.
  const { Api, GrammyError, HttpError } = await import("grammy");
  const { server, secrets } = connection;
  const outcome = await callBot<CallOutcome<Result>>(connection, signal, ask);
  return "failure" in outcome ? { ok: false, failed: outcome, movedTo: null } : outcome;

  async function ask(way: Way): Promise<CallOutcome<Result>> {
    const api = new Api(secrets.token, {
      apiRoot: server.baseUrl.replace(/\/+$/, ""),
      fetch: async (url: string, { body }: { body: string }) => {
        const answer = await fetchAnswer(url, body, way);
        return { json: () => answer };
      },
    });
    try {
      return { ok: true, result: await call(api.raw) };
    } catch (error) {
      if (error instanceof GrammyError) return refusedCall(error, secrets);
      throw error instanceof HttpError ? error.error : error;
    }
  }
}

function refusedCall(error: GrammyError, secrets: BotSecrets): FailedCall {
  const movedTo = error.parameters.migrate_to_chat_id;
  return {
    ok: false,
    failed: nameRefusal(error, hideSecrets(secrets)),
    movedTo: movedTo === undefined ? null : String(movedTo),
  };
}
