import { randomBytes } from "node:crypto";
import { createButtonPresses } from "../../../src/demo/messengers/button-presses.ts";
import type { SimulatedPerson } from "../../../src/demo/messengers/simulated-person.ts";
import type { UpdateQueue } from "../../../src/demo/messengers/update-queue.ts";
import type { MaxChats } from "./chats.ts";
import { type MaxUpdate, messageAsJson, personAsJson } from "./methods.ts";

const CALLBACK_ID_BYTES = 30;

/** What people do with the bot. */
export interface MaxPeople {
  /** Opens the dialog with the bot, by a link with a payload or without one. */
  begin(from: SimulatedPerson, payload?: string): void;
  /** Writes to a chat, or else in the dialog with the bot, which begins. @throws Error when there is no such chat. */
  say(text: string, from: SimulatedPerson, chatId?: number): void;
  /**
   * Presses a button that says something to the bot. @returns what the bot answers.
   * @throws Error when there is no such message or button, or when the bot does not answer in time.
   */
  press(chatId: number, messageId: string, buttonText: string, from: SimulatedPerson): Promise<string>;
  /** Hears the answer to a press. @returns whether somebody still waits for it. */
  answerButton(callbackId: string, text: string): boolean;
  /** Nobody waits for an answer any more. */
  close(): void;
}

interface MaxPeopleOptions {
  bot: SimulatedPerson;
  chats: MaxChats;
  updates: UpdateQueue<MaxUpdate>;
  clock: () => number;
}

export function createMaxPeople({ bot, chats, updates, clock }: MaxPeopleOptions): MaxPeople {
  const presses = createButtonPresses<string>();

  return {
    begin(from, payload) {
      const chat_id = chats.dialogWith(from).id;
      const user = personAsJson(from, false);
      happen("bot_started", { chat_id, user, user_locale: "ru", ...(payload !== undefined && { payload }) });
    },
    say(text, from, chatId) {
      const chat = chatId === undefined ? chats.dialogWith(from) : chats.find(chatId);
      if (!chat) throw new Error(`There is no chat ${chatId}`);
      const content = { html: text, text, markup: [], buttons: null, isSilent: false };
      happen("message_created", { message: messageAsJson(chats.post(chat, from, content), chat, bot) });
    },
    async press(chatId, messageId, buttonText, from) {
      const { chat, message, payload } = findButton(chatId, messageId, buttonText);
      const callback_id = randomBytes(CALLBACK_ID_BYTES).toString("base64url");
      const answered = presses.untilAnswered(callback_id);
      happen("message_callback", {
        callback: { timestamp: clock(), callback_id, user: personAsJson(from, false), payload },
        message: messageAsJson(message, chat, bot),
        user_locale: "ru",
      });
      return await answered;
    },
    answerButton: presses.answer,
    close: presses.close,
  };

  function happen(update_type: string, what: Record<string, unknown>): void {
    updates.push({ update_type, timestamp: clock(), ...what });
  }

  function findButton(chatId: number, messageId: string, buttonText: string) {
    const chat = chats.find(chatId);
    const message = chats.messages(chatId).find(({ id }) => id === messageId);
    const button = message?.buttons.flat().find(({ text }) => text === buttonText);
    if (!chat || !message || !button) throw new Error(`There is no button «${buttonText}»`);
    if (button.type === "link") throw new Error(`The button «${buttonText}» leads to ${button.url}`);
    return { chat, message, payload: button.payload };
  }
}
