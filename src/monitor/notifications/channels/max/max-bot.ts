import type { MessengerBot, SayOutcome } from "../bots/messenger-bot.ts";
import { cutAtWord } from "../plain-text.ts";
import { addressOf } from "./address.ts";
import { callMax, type MaxConnection, type MaxOutcome } from "./call-max.ts";

const MAX_BUTTON_ANSWER_LENGTH = 200;
const MAX_REPLY_LENGTH = 4000;

/** Makes a bot of MAX, whose answers to buttons go away by themselves, even alerts. @param signal ends what is under way. */
export function createMaxBot(connection: MaxConnection, signal: AbortSignal): MessengerBot {
  return {
    async answerButton(callbackId, text) {
      const query = { callback_id: callbackId };
      const body = { notification: cutAtWord(text, MAX_BUTTON_ANSWER_LENGTH) };
      return outcomeOf(await callMax(connection, { method: "POST", path: "/answers", query, body }, signal));
    },
    async reply(chatId, text) {
      const query = { ...addressOf(chatId), disable_link_preview: "true" };
      const body = { text: cutAtWord(text, MAX_REPLY_LENGTH), attachments: [], notify: true };
      return outcomeOf(await callMax(connection, { method: "POST", path: "/messages", query, body }, signal));
    },
  };
}

function outcomeOf(said: MaxOutcome): SayOutcome {
  return said.ok ? { ok: true } : said;
}
