import { randomInt } from "node:crypto";
import { createButtonPresses } from "./button-presses.ts";
import { fullNameOf, type SimulatedPerson } from "./simulated-person.ts";
import type { SimulatedChats } from "./telegram-chats.ts";
import { type ButtonAnswer, messageAsJson, personAsJson } from "./telegram-methods.ts";
import type { SimulatedUpdates } from "./telegram-updates.ts";

const MAX_CALLBACK_ID = 2 ** 47;

/** What people do with the bot. */
export interface SimulatedPeople {
  /**
   * Presses a button that says something to the bot. @returns what the bot answers.
   * @throws Error when there is no such message or button, or when the bot does not answer in time.
   */
  press(chatId: number, messageId: number, buttonText: string, from: SimulatedPerson): Promise<ButtonAnswer>;
  /** Writes to a chat; to one with the number of the person, a private one begins. @throws Error when there is none. */
  say(chatId: number, text: string, from: SimulatedPerson): void;
  /** Hears the answer to a press. @returns whether somebody still waits for it. */
  answerButton(callbackId: string, answer: ButtonAnswer): boolean;
  /** Nobody waits for an answer any more. */
  close(): void;
}

interface PeopleOptions {
  bot: SimulatedPerson;
  chats: SimulatedChats;
  updates: SimulatedUpdates;
}

export function createSimulatedPeople({ bot, chats, updates }: PeopleOptions): SimulatedPeople {
  const presses = createButtonPresses<ButtonAnswer>();

  return {
    async press(chatId, messageId, buttonText, from) {
      const { chat, message, data } = findButton(chatId, messageId, buttonText);
      const id = String(randomInt(MAX_CALLBACK_ID));
      const answered = presses.untilAnswered(id);
      updates.push({
        callback_query: {
          id,
          from: personAsJson(from, false),
          chat_instance: String(chatId),
          message: messageAsJson(message, chat, bot),
          data,
        },
      });
      return await answered;
    },
    say(chatId, text, from) {
      if (chatId === from.id && !chats.find(chatId)) {
        const { username } = from;
        chats.add({
          id: chatId,
          kind: "private",
          title: fullNameOf(from),
          ...(username !== undefined && { username }),
        });
      }
      const chat = chats.find(chatId);
      if (!chat) throw new Error(`There is no chat ${chatId}`);
      const look = { html: text, text, entities: [], buttons: [], hasLinkPreview: false };
      const message = chats.post({ ...look, chatId, topicId: null, from, isSilent: false });
      updates.push({ message: messageAsJson(message, chat, bot) });
    },
    answerButton: presses.answer,
    close: presses.close,
  };

  function findButton(chatId: number, messageId: number, buttonText: string) {
    const chat = chats.find(chatId);
    const message = chats.messages(chatId).find(({ id }) => id === messageId);
    const button = message?.buttons.flat().find(({ text }) => text === buttonText);
    if (!chat || !message || !button) throw new Error(`There is no button «${buttonText}»`);
    if ("url" in button) throw new Error(`The button «${buttonText}» leads to ${button.url}`);
    return { chat, message, data: button.data };
  }
}
