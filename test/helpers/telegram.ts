import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { BotConnection } from "../../src/monitor/notifications/channels/bots/call-bot.ts";
import type { BotTarget } from "../../src/monitor/notifications/channels/bots/dialect.ts";
import type { SeenMessage } from "./bots.ts";
import type { Owner } from "./owner.ts";
import { answerWith, type BotBehaviour, serveBot } from "./serve-bot.ts";
import {
  ANNA,
  createButtonPresses,
  createUpdateQueue,
  findButton,
  NO_WAY,
  readHtml,
  type SimulatedPerson,
} from "./simulated-messenger.ts";

export const TOKEN = "7000000001:AAE_the-token-of-a-bot_0123456789";
/** A supergroup; there is a chat with `ANNA` too. */
export const GROUP_ID = -1001234567890;

const FIRST_UPDATE = 1001;
const OUSTED =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

interface Chat {
  id: number;
  kind: "private" | "group" | "supergroup";
  title?: string;
  username?: string;
}

/** `kicked` from the group; `movedTo`: the group has this id now. */
type Standing = "open" | "kicked" | { movedTo: number };

interface Message extends Omit<SeenMessage, "id"> {
  id: number;
  topicId: number | null;
  /** null = the bot. */
  from: SimulatedPerson | null;
  hasLinkPreview: boolean;
}

interface Payload {
  chat_id?: number | string;
  message_thread_id?: number;
  message_id?: number;
  disable_notification?: boolean;
  text?: string;
  parse_mode?: "HTML";
  link_preview_options?: { is_disabled?: boolean };
  reply_markup?: { inline_keyboard: { text: string; callback_data?: string; url?: string }[][] };
  callback_query_id?: string;
  show_alert?: boolean;
  offset?: number;
  limit?: number;
  timeout?: number;
}

interface TelegramCall {
  method: string;
  payload: Payload;
}

/** Starts what a bot notices of Telegram, which ends with the test, and may misbehave. Chats are in memory. */
export async function startTelegram(t: Owner, { port = 0, onCall = (_call: TelegramCall) => {} } = {}) {
  const chats = new Map<number, Chat & { standing: Standing; messages: Message[] }>();
  const updates = createUpdateQueue<object>(FIRST_UPDATE, () => refusal(409, OUSTED));
  const presses = createButtonPresses<{ text: string; isAlert: boolean }>();
  let lastMessageId = 0;
  addChat({ id: GROUP_ID, kind: "supergroup", username: "duty_group" });
  addChat({ id: ANNA.id, kind: "private" });

  /** They throw where the real Bot API refuses. */
  const methods: Record<string, (payload: Payload, signal: AbortSignal) => unknown> = {
    getMe: () => ({ username: "poswatch_bot" }),
    sendMessage(payload) {
      const { message_thread_id: topicId = null, disable_notification: isSilent = false } = payload;
      const chat = findWritable(payload);
      return messageAsJson(post(chat.id, { ...readContent(payload), topicId, isSilent, from: null }), chat);
    },
    editMessageText(payload) {
      const chat = findWritable(payload);
      const message = chat.messages.find(({ id }) => id === payload.message_id);
      if (!message) throw badRequest("message to edit not found");
      const content = readContent(payload);
      if (isDeepStrictEqual({ ...message, ...content }, message)) throw badRequest("message is not modified");
      message.history.push(message.text);
      return messageAsJson(Object.assign(message, content), chat);
    },
    answerCallbackQuery({ callback_query_id = "", text = "", show_alert = false }) {
      if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
      return presses.answer(callback_query_id, { text, isAlert: show_alert });
    },
    async getUpdates({ offset = 0, limit, timeout = 0 }, signal) {
      const queued = await updates.take(offset, timeout * 1_000, signal);
      return queued.slice(0, limit).map(({ number, update }) => ({ update_id: number, ...update }));
    },
  };

  const server = await serveBot<TelegramCall>(t, port, {
    read({ url, body }) {
      const [, token, method = ""] = url.split("/");
      if (token !== `bot${TOKEN}`) throw refusal(401, "Unauthorized");
      const call = { method, payload: body as Payload };
      onCall(call);
      return call;
    },
    answer: async ({ method, payload }, signal) => ({
      ok: true,
      result: await methods[method]?.(payload, signal),
    }),
    sayRefused: ({ message, parameters }, status) => refusalAsJson(status, message, parameters),
  });

  function addChat(chat: Chat): void {
    chats.set(chat.id, { ...chat, standing: "open", messages: [] });
  }

  function findWritable({ chat_id }: Payload) {
    const chat = [...chats.values()].find(({ id, username }) =>
      [String(id), `@${username}`].includes(String(chat_id)),
    );
    if (!chat) throw badRequest("chat not found");
    const { kind, standing } = chat;
    if (standing === "kicked") throw refusal(403, `Forbidden: bot was kicked from the ${kind} chat`);
    if (standing === "open") return chat;
    const parameters = { migrate_to_chat_id: standing.movedTo };
    throw badRequest("group chat was upgraded to a supergroup chat", parameters);
  }

  function post(chatId: number, message: Omit<Message, "id" | "history">): Message {
    lastMessageId += 1;
    const sent = { ...message, id: lastMessageId, history: [] };
    chats.get(chatId)?.messages.push(sent);
    return sent;
  }

  return {
    ...server,
    addChat,
    channel: (target: Partial<BotTarget> = {}): BotConnection => ({
      kind: "telegram",
      settings: { ...NO_WAY, baseUrl: server.url, chatId: String(GROUP_ID), ...target },
      secrets: { token: TOKEN, proxyPassword: "" },
    }),
    setStanding(chatId: number, standing: Standing): void {
      Object.assign(chats.get(chatId) ?? {}, { standing });
    },
    messages: (chatId: number): readonly Message[] => chats.get(chatId)?.messages ?? [],
    remove(chatId: number, messageId: number): void {
      const chat = chats.get(chatId);
      if (chat) chat.messages = chat.messages.filter(({ id }) => id !== messageId);
    },
    /** Writes to a chat; a private one (the person's id) is made if it is missing. */
    say(chatId: number, text: string, from: SimulatedPerson): void {
      if (!chats.has(chatId)) addChat({ id: chatId, kind: "private" });
      const chat = chats.get(chatId);
      if (!chat) return;
      const plain = { topicId: null, isSilent: false, buttons: [], hasLinkPreview: false };
      const message = messageAsJson(post(chatId, { ...plain, text, from }), chat);
      updates.push({ message: { ...message, from: personAsJson(from) } });
    },
    /** Presses a button. @returns the bot's answer. @throws when there is no such button, or no answer in time. */
    async press(chatId: number, messageId: number, buttonText: string, from: SimulatedPerson) {
      const data = findButton(chats.get(chatId)?.messages, messageId, buttonText);
      const id = randomUUID();
      updates.push({ callback_query: { id, from: personAsJson(from), data } });
      return await presses.untilAnswered(id);
    },
    unacknowledged: updates.waiting,
    isListenedTo: updates.isAsked,
  };
}

/** An error in the words of the real Bot API. @param parameters such as `migrate_to_chat_id`. */
function refusal(statusCode: number, description: string, parameters?: object) {
  return Object.assign(new Error(description), { statusCode, parameters });
}

function badRequest(description: string, parameters?: object) {
  return refusal(400, `Bad Request: ${description}`, parameters);
}

function refusalAsJson(status: number, description: string, parameters?: object) {
  return { ok: false, error_code: status, description, parameters };
}

function readContent({ text: html = "", parse_mode, link_preview_options, reply_markup }: Payload) {
  const text = parse_mode === "HTML" ? readHtml(html) : html;
  const buttons = (reply_markup?.inline_keyboard ?? [])
    .flat()
    .map(({ text, callback_data: data = "", url }) => (url === undefined ? { text, data } : { text, url }));
  return { text, buttons, hasLinkPreview: link_preview_options?.is_disabled !== true };
}

function messageAsJson({ id, text }: Message, { id: chatId, kind }: Chat) {
  return { message_id: id, chat: { id: chatId, type: kind }, text };
}

function personAsJson({ id, firstName, lastName, username }: SimulatedPerson) {
  return { id, first_name: firstName, last_name: lastName, username };
}

export function refuseWith(status: number, description: string, parameters?: object): BotBehaviour {
  return answerWith(status, JSON.stringify(refusalAsJson(status, description, parameters)));
}

export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify({ ok: true, result }));
}
