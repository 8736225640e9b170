import type { MessengerBot, SayOutcome } from "../bots/messenger-bot.ts";
import { cutAtWord } from "../plain-text.ts";
import { type CallOutcome, callTelegram, type TelegramConnection } from "./call-telegram.ts";

const MAX_BUTTON_ANSWER_LENGTH = 200;
const MAX_REPLY_LENGTH = 4096;

/** A bot of Telegram. */
export type TelegramBot = MessengerBot;

/** @param signal ends what is under way. */
export function createTelegramBot(connection: TelegramConnection, signal: AbortSignal): TelegramBot {
  return {
    async answerButton(callbackId, text, isAlert) {
      const answer = {
        callback_query_id: callbackId,
        text: cutAtWord(text, MAX_BUTTON_ANSWER_LENGTH),
        show_alert: isAlert,
      };
      return outcomeOf(await callTelegram(connection, signal, (api) => api.answerCallbackQuery(answer)));
    },
    async reply(chatId, text) {
      const message = {
        chat_id: chatId,
        text: cutAtWord(text, MAX_REPLY_LENGTH),
        link_preview_options: { is_disabled: true },
      };
      return outcomeOf(await callTelegram(connection, signal, (api) => api.sendMessage(message)));
    },
  };
}

function outcomeOf(said: CallOutcome<unknown>): SayOutcome {
  return said.ok ? { ok: true } : said.failed;
}
