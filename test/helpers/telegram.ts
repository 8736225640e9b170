import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import Fastify, { type FastifyReply } from "fastify";
import type { BotConnection } from "../../src/monitor/notifications/channels/bots/call-bot.ts";
import type { BotTarget } from "../../src/monitor/notifications/channels/bots/dialect.ts";
import { answerWith, type BotBehaviour, createBotFaults } from "./bot-faults.ts";
import type { Owner } from "./owner.ts";
import {
  ANNA,
  createButtonPresses,
  createUpdateQueue,
  NO_WAY,
  readHtml,
  type SimulatedPerson,
} from "./simulated-messenger.ts";

export const TOKEN = "7000000001:AAE_the-token-of-a-bot_0123456789";
/** A supergroup; there is a chat with `ANNA` too. */
export const GROUP_ID = -1001234567890;

const BOT: SimulatedPerson = { id: 7_000_000_001, firstName: "Poswatch", username: "poswatch_bot" };
const FIRST_UPDATE = 1001;
const MAX_TEXT_LENGTH = 4096;
const MAX_DATA_BYTES = 64;
const TAGS = ["b", "i", "code"];
const OUSTED =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

interface Chat {
  id: number;
  kind: "private" | "group" | "supergroup";
  /** The person's name for a private chat. */
  title: string;
  username?: string;
}

/** `kicked` from the group; `movedTo`: the group has this id now. */
type Standing = "open" | "kicked" | { movedTo: number };

/** `data` goes to the bot, `url` is a link. */
type Button = { text: string; data: string } | { text: string; url: string };

interface Message {
  id: number;
  topicId: number | null;
  /** null = the bot. */
  from: SimulatedPerson | null;
  isSilent: boolean;
  text: string;
  buttons: Button[][];
  hasLinkPreview: boolean;
  /** Earlier texts, oldest first. */
  history: string[];
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

export interface TelegramCall {
  method: string;
  payload: Payload;
}

interface TelegramOptions {
  port?: number;
  /** Is told of each call before it is answered. */
  onCall?: (call: TelegramCall) => void;
}

/** Starts what a bot notices of Telegram, which ends with the test, and may misbehave. Chats are in memory. */
export async function startTelegram(t: Owner, { port = 0, onCall = () => {} }: TelegramOptions = {}) {
  const { intercept, ...faults } = createBotFaults<TelegramCall>();
  const chats = new Map<number, Chat & { standing: Standing; messages: Message[] }>();
  const updates = createUpdateQueue<object>(FIRST_UPDATE, () => refusal(409, OUSTED));
  const presses = createButtonPresses<{ text: string; isAlert: boolean }>();
  let lastMessageId = 0;
  addChat({ id: GROUP_ID, kind: "supergroup", title: "Дежурные", username: "duty_group" });
  addChat({ id: ANNA.id, kind: "private", title: "Анна Иванова" });

  /** They throw where the real Bot API refuses. */
  const methods: Record<string, (payload: Payload, signal: AbortSignal) => unknown> = {
    getMe: () => personAsJson(BOT, true),
    sendMessage(payload) {
      const topicId = payload.message_thread_id ?? null;
      const chat = findWritable(payload);
      const isSilent = payload.disable_notification === true;
      return messageAsJson(post(chat, { ...readContent(payload), topicId, from: null, isSilent }), chat);
    },
    editMessageText(payload) {
      const chat = findWritable(payload);
      const message = chat.messages.find(({ id }) => id === payload.message_id);
      if (!message) throw badRequest("message to edit not found");
      if (message.from) throw badRequest("message can't be edited");
      const content = readContent(payload);
      if (isDeepStrictEqual({ ...message, ...content }, message)) throw badRequest("message is not modified");
      message.history.push(message.text);
      return messageAsJson(Object.assign(message, content), chat);
    },
    answerCallbackQuery({ callback_query_id = "", text = "", show_alert = false }) {
      if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
      if (presses.answer(callback_query_id, { text, isAlert: show_alert })) return true;
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    },
    async getUpdates({ offset = 0, limit = 100, timeout = 0 }, signal) {
      const queued = await updates.take(offset, timeout * 1_000, signal);
      return queued.slice(0, limit).map(({ number, update }) => ({ update_id: number, ...update }));
    },
  };

  const server = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });
  server.setErrorHandler<ReturnType<typeof refusal>>((error, _request, reply) => refuse(reply, error));
  server.post<{ Params: { token: string; method: string }; Body: Payload }>(
    "/bot:token/:method",
    async ({ params, body }, reply) => {
      if (!/^\d+:[\w-]+$/.test(params.token)) throw refusal(404, "Not Found");
      if (params.token !== TOKEN) throw refusal(401, "Unauthorized");
      const method = methods[params.method];
      if (!method) throw refusal(404, "Not Found: method not found");
      const call = { method: params.method, payload: body };
      onCall(call);
      if (intercept(call, reply)) return reply.hijack();
      const leaving = new AbortController();
      reply.raw.on("close", () => leaving.abort());
      return { ok: true, result: await method(body ?? {}, leaving.signal) };
    },
  );
  const url = await server.listen({ host: "127.0.0.1", port });
  const close = async () => {
    updates.close();
    await server.close();
  };
  t.teardown(close);

  function addChat(chat: Chat): void {
    chats.set(chat.id, { ...chat, standing: "open", messages: [] });
  }

  /** By its number or its `@name`. */
  function findWritable({ chat_id }: Payload) {
    const chat = [...chats.values()].find(({ id, username }) =>
      [String(id), `@${username}`].includes(String(chat_id)),
    );
    if (!chat) throw badRequest("chat not found");
    checkStanding(chat);
    return chat;
  }

  function post({ id: chatId }: Chat, message: Omit<Message, "id" | "history">): Message {
    lastMessageId += 1;
    const sent = { ...message, id: lastMessageId, history: [] };
    chats.get(chatId)?.messages.push(sent);
    return sent;
  }

  return {
    ...faults,
    url,
    close,
    addChat,
    /** How to reach it, and the group or another chat by it. */
    channel: (target: Partial<BotTarget> = {}): BotConnection => ({
      kind: "telegram",
      settings: { ...NO_WAY, baseUrl: url, chatId: String(GROUP_ID), ...target },
      secrets: { token: TOKEN, proxyPassword: "" },
    }),
    setStanding(chatId: number, standing: Standing): void {
      Object.assign(chats.get(chatId) ?? {}, { standing });
    },
    /** Oldest first. */
    messages: (chatId: number): readonly Message[] => chats.get(chatId)?.messages ?? [],
    remove(chatId: number, messageId: number): void {
      const chat = chats.get(chatId);
      if (chat) chat.messages = chat.messages.filter(({ id }) => id !== messageId);
    },
    /** Writes to a chat; a private one (the person's id) is made if it is missing. */
    say(chatId: number, text: string, from: SimulatedPerson): void {
      if (!chats.has(chatId)) addChat({ id: chatId, kind: "private", title: from.firstName });
      const chat = chats.get(chatId);
      if (!chat) return;
      const plain = { topicId: null, isSilent: false, buttons: [], hasLinkPreview: false };
      updates.push({ message: messageAsJson(post(chat, { ...plain, text, from }), chat) });
    },
    /** Presses a button. @returns the bot's answer. @throws when there is no such button, or no answer in time. */
    async press(chatId: number, messageId: number, buttonText: string, from: SimulatedPerson) {
      const chat = chats.get(chatId);
      const message = chat?.messages.find(({ id }) => id === messageId);
      const button = message?.buttons.flat().find(({ text }) => text === buttonText);
      if (!chat || !message || !button) throw new Error(`There is no button «${buttonText}»`);
      if ("url" in button) throw new Error(`The button «${buttonText}» leads to ${button.url}`);
      const id = randomUUID();
      const answered = presses.untilAnswered(id);
      const { data } = button;
      const query = { id, from: personAsJson(from, false), message: messageAsJson(message, chat), data };
      updates.push({ callback_query: query });
      return await answered;
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

function refuse(reply: FastifyReply, error: Partial<ReturnType<typeof refusal>>) {
  const { statusCode = 400, message, parameters } = error;
  return reply.code(statusCode).send({ ok: false, error_code: statusCode, description: message, parameters });
}

function checkStanding({ kind, standing }: { kind: Chat["kind"]; standing: Standing }): void {
  if (standing === "kicked") throw refusal(403, `Forbidden: bot was kicked from the ${kind} chat`);
  if (standing === "open") return;
  const parameters = { migrate_to_chat_id: standing.movedTo };
  throw badRequest("group chat was upgraded to a supergroup chat", parameters);
}

function readContent({ text: written = "", parse_mode, link_preview_options, reply_markup }: Payload) {
  const text = parse_mode === "HTML" ? readHtml(written, TAGS) : written;
  if (text === "") throw badRequest("message text is empty");
  if ([...text].length > MAX_TEXT_LENGTH) throw badRequest("message is too long");
  const buttons = (reply_markup?.inline_keyboard ?? []).map((row) =>
    row.map(({ text, callback_data: data = "", url }): Button => {
      if (url !== undefined) return { text, url };
      if (data === "" || Buffer.byteLength(data) > MAX_DATA_BYTES) throw badRequest("BUTTON_DATA_INVALID");
      return { text, data };
    }),
  );
  return { text, buttons, hasLinkPreview: link_preview_options?.is_disabled !== true };
}

function messageAsJson({ id, topicId, from, text }: Message, { id: chatId, kind, title, username }: Chat) {
  return {
    message_id: id,
    ...(topicId !== null && { message_thread_id: topicId }),
    from: personAsJson(from ?? BOT, from === null),
    chat: { id: chatId, type: kind, username, ...(kind === "private" ? { first_name: title } : { title }) },
    text,
  };
}

function personAsJson({ id, firstName, lastName, username }: SimulatedPerson, isBot: boolean) {
  return { id, is_bot: isBot, first_name: firstName, last_name: lastName, username };
}

/** Refuses as the Bot API does. */
export function refuseWith(
  code: number,
  description: string,
  parameters?: Record<string, unknown>,
): BotBehaviour {
  return answerWith(code, JSON.stringify({ ok: false, error_code: code, description, parameters }));
}

/** Answers that all went well, with whatever result. */
export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify({ ok: true, result }));
}
