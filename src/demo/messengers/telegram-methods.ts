import Type, { type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { SECOND_MS } from "../../protocol/time-units.ts";
import type { SimulatedPerson } from "./simulated-person.ts";
import type { SimulatedChat, SimulatedChats, SimulatedMessage } from "./telegram-chats.ts";
import { readContent } from "./telegram-content.ts";
import { badRequest } from "./telegram-refusal.ts";
import type { UpdateQueue } from "./update-queue.ts";

const MAX_UPDATES = 100;
const UNCHANGED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

const ChatId = Type.Union([Type.Integer(), Type.String()]);
const Place = Type.Object({ chat_id: ChatId, message_id: Type.Integer() });
const Sending = Type.Object({
  chat_id: ChatId,
  message_thread_id: Type.Optional(Type.Integer()),
  disable_notification: Type.Optional(Type.Boolean()),
});
const Answering = Type.Object({
  callback_query_id: Type.String(),
  text: Type.Optional(Type.String({ maxLength: 200 })),
  show_alert: Type.Optional(Type.Boolean()),
});
const Polling = Type.Object({
  offset: Type.Optional(Type.Integer()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_UPDATES })),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
});

export interface ButtonAnswer {
  text: string;
  isAlert: boolean;
}

export type SimulatedUpdates = UpdateQueue<Record<string, unknown>>;

interface MethodsOptions {
  bot: SimulatedPerson;
  chats: SimulatedChats;
  updates: SimulatedUpdates;
  /** @returns whether somebody still waits for the answer. */
  answerButton(callbackId: string, answer: ButtonAnswer): boolean;
}

/** @throws where the real Bot API refuses. */
export type SimulatedMethod = (payload: unknown, signal: AbortSignal) => unknown;

/** The methods of the Bot API that Poswatch uses, by name. */
export function createTelegramMethods({
  bot,
  chats,
  updates,
  answerButton,
}: MethodsOptions): Record<string, SimulatedMethod> {
  return {
    getMe: () => ({ ...personAsJson(bot, true), can_join_groups: true, supports_inline_queries: false }),
    sendMessage(payload) {
      const { chat_id, message_thread_id, disable_notification } = read(Sending, payload);
      const topicId = message_thread_id ?? null;
      const chat = chats.writable(String(chat_id), topicId);
      const isSilent = disable_notification === true;
      const message = { ...readContent(payload), chatId: chat.id, topicId, from: null, isSilent };
      return messageAsJson(chats.post(message), chat, bot);
    },
    editMessageText(payload) {
      const { chat_id, message_id } = read(Place, payload);
      const chat = chats.writable(String(chat_id), null);
      const message = chats.ofBot(chat.id, message_id, "message to edit not found");
      const look = readContent(payload);
      const isSame = look.html === message.html && Value.Equal(look.buttons, message.buttons);
      if (isSame) throw badRequest(UNCHANGED);
      return messageAsJson(chats.edit(message, look), chat, bot);
    },
    answerCallbackQuery(payload) {
      const { callback_query_id, text = "", show_alert = false } = read(Answering, payload);
      if (answerButton(callback_query_id, { text, isAlert: show_alert })) return true;
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    },
    async getUpdates(payload, signal) {
      const { offset = 0, limit = MAX_UPDATES, timeout = 0 } = read(Polling, payload);
      const queued = await updates.take(offset, timeout * SECOND_MS, signal);
      return queued.slice(0, limit).map(({ number, update }) => ({ update_id: number, ...update }));
    },
  };
}

export function messageAsJson(message: SimulatedMessage, chat: SimulatedChat, bot: SimulatedPerson) {
  const buttons = message.buttons.map((row) =>
    row.map((button) => ("url" in button ? button : { text: button.text, callback_data: button.data })),
  );
  return {
    message_id: message.id,
    ...(message.topicId !== null && { message_thread_id: message.topicId, is_topic_message: true }),
    from: personAsJson(message.from ?? bot, message.from === null),
    chat: chatAsJson(chat),
    date: Math.floor(message.sentAt / SECOND_MS),
    ...(message.editedAt !== null && { edit_date: Math.floor(message.editedAt / SECOND_MS) }),
    text: message.text,
    ...(buttons.length > 0 && { reply_markup: { inline_keyboard: buttons } }),
  };
}

export function personAsJson({ id, firstName, lastName, username }: SimulatedPerson, isBot: boolean) {
  return { id, is_bot: isBot, first_name: firstName, last_name: lastName, username };
}

function chatAsJson({ id, kind, title, username }: SimulatedChat) {
  return { id, type: kind, username, ...(kind === "private" ? { first_name: title } : { title }) };
}

function read<Schema extends TSchema>(schema: Schema, payload: unknown): Static<Schema> {
  if (Value.Check(schema, payload)) return payload;
  const [problem] = Value.Errors(schema, payload);
  throw badRequest(`${problem?.instancePath.slice(1)} ${problem?.message}`);
}
