import { randomUUID } from "node:crypto";
import Fastify, { type FastifyReply } from "fastify";
import { answerWith, type BotBehaviour, createBotFaults } from "./bot-faults.ts";
import type { SeenMessage, TestBot } from "./bots.ts";
import type { Owner } from "./owner.ts";
import {
  ANNA,
  createButtonPresses,
  createUpdateQueue,
  NO_WAY,
  readHtml,
  type SimulatedPerson,
} from "./simulated-messenger.ts";

export const TOKEN = "f9LHodD0cOI_the-token-of-a-bot_0123456789";

/** A group; there is a dialog with `ANNA` too. */
export const GROUP_ID = -70_000_000_000_005;

/** Dialogs have other numbers than the people whom they are with. */
const FIRST_DIALOG_ID = 182_000_000;
const FIRST_MARKER = 25_493_970;
const MAX_TEXT_LENGTH = 4_000;
const BOT = { user_id: 229_229_229, first_name: "Poswatch", username: "poswatch_bot", is_bot: true };
const TAGS = ["b", "i"];
interface Call {
  /** `POST /messages` */
  method: string;
  query: Record<string, string | undefined>;
  body: Content;
}

interface Content {
  text?: string;
  format?: "html";
  attachments?: { payload: { buttons: { text: string; payload?: string; url?: string }[][] } }[];
  notify?: boolean;
  notification?: string;
}

type Update = { update_type: string; timestamp: number } & Record<string, unknown>;

export interface TestMax extends TestBot {
  dialogId: number;
  /** Opens the dialog with the bot, by a link with a payload or without one. */
  begin(from: SimulatedPerson, payload?: string): void;
}

/** Starts what a bot notices of MAX, which ends with the test, and may misbehave. Chats are in memory. */
export async function startMax(t: Owner, port = 0): Promise<TestMax> {
  const { intercept, ...faults } = createBotFaults<Call>();
  const chats = new Set([GROUP_ID, dialogOf(ANNA.id)]);
  let isShutOut = false;
  let messages: (SeenMessage & { chatId: number })[] = [];
  const updates = createUpdateQueue<Update>(FIRST_MARKER);
  const presses = createButtonPresses<string>();

  const methods: Record<string, (call: Call, signal: AbortSignal) => unknown> = {
    "GET /me": () => BOT,
    "POST /messages"({ query: { user_id, chat_id }, body }) {
      const chatId = user_id === undefined ? Number(chat_id) : dialogOf(Number(user_id));
      if (!chats.has(chatId) && user_id) throw refusal(404, "dialog.not.found", "error.dialog.notfound");
      if (!chats.has(chatId)) throw refusal(404, "chat.not.found", `Chat ${chat_id} not found`);
      checkOpen(chatId);
      const id = `mid.${randomUUID()}`;
      const sent = { id, chatId, isSilent: body.notify === false, history: [] };
      messages.push({ ...sent, text: textOf(body), buttons: buttonsOf(body) ?? [] });
      return { message: { body: { mid: id }, sender: BOT } };
    },
    "PUT /messages"({ query: { message_id }, body }) {
      const message = messages.find(({ id }) => id === message_id);
      if (!message) throw refusal(404, "message.not.found", `Message ${message_id} not found`);
      checkOpen(message.chatId);
      message.history.push(message.text);
      Object.assign(message, { text: textOf(body), buttons: buttonsOf(body) ?? message.buttons });
      return { success: true };
    },
    "POST /answers"({ query, body }) {
      if (presses.answer(query.callback_id ?? "", body.notification ?? "")) return { success: true };
      throw refusal(404, "not.found", "Callback not found");
    },
    async "GET /updates"({ query: { marker, limit, timeout } }, signal) {
      const last = updates.last();
      // Without a marker it is the last one that comes, be it known or not.
      const from = marker === undefined ? updates.next() : Number(marker);
      const queued =
        marker === undefined && last ? [last] : await updates.take(from, Number(timeout) * 1_000, signal);
      const taken = queued.slice(0, Number(limit));
      const next = (taken.at(-1)?.number ?? updates.next() - 1) + 1;
      return { updates: taken.map(({ update }) => update), marker: next };
    },
  };

  const server = Fastify({ forceCloseConnections: true });
  server.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, _request, reply) => {
    const { statusCode = 400, code = "proto.payload", message } = error;
    return reply.code(statusCode).send({ code, message });
  });
  for (const [method, answer] of Object.entries(methods)) {
    const [verb = "", url = ""] = method.split(" ");
    server.route<{ Querystring: Call["query"]; Body: Content }>({
      method: verb,
      url,
      async handler({ headers, query, body }, reply: FastifyReply) {
        if (headers.authorization !== TOKEN) throw refusal(401, "verify.token", "Invalid access_token");
        const call = { method, query, body };
        if (intercept(call, reply)) return reply.hijack();
        const leaving = new AbortController();
        reply.raw.on("close", () => leaving.abort());
        return await answer(call, leaving.signal);
      },
    });
  }
  const baseUrl = await server.listen({ host: "127.0.0.1", port });
  const close = async () => {
    updates.close();
    await server.close();
  };
  t.teardown(close);

  function checkOpen(chatId: number): void {
    if (isShutOut && chatId === GROUP_ID) throw refusal(403, "chat.denied", "error.chat.denied");
  }

  function happen(update_type: string, what: Record<string, unknown>): void {
    updates.push({ update_type, timestamp: Date.now(), ...what });
  }

  return {
    ...faults,
    kind: "max",
    token: TOKEN,
    port: Number(new URL(baseUrl).port),
    close,
    resultOf,
    group: String(GROUP_ID),
    anna: `user:${ANNA.id}`,
    dialogId: dialogOf(ANNA.id),
    channel: (target = {}) => ({
      kind: "max",
      settings: { ...NO_WAY, baseUrl, chatId: String(GROUP_ID), ...target },
      secrets: { token: TOKEN, proxyPassword: "" },
    }),
    messages: (chatId = String(GROUP_ID)) =>
      messages.filter(
        (one) => one.chatId === Number(chatId) || `user:${one.chatId - FIRST_DIALOG_ID}` === chatId,
      ),
    remove(messageId) {
      messages = messages.filter(({ id }) => id !== messageId);
    },
    shutOut() {
      isShutOut = true;
    },
    begin(from, payload) {
      chats.add(dialogOf(from.id));
      happen("bot_started", { chat_id: dialogOf(from.id), user: userOf(from), payload });
    },
    say(text, from, isInGroup) {
      const chatId = isInGroup ? GROUP_ID : dialogOf(from.id);
      chats.add(chatId);
      happen("message_created", { message: messageIn(chatId, text, from) });
    },
    async press(messageId, buttonText) {
      const message = messages.find(({ id }) => id === messageId);
      const button = message?.buttons.find(({ text }) => text === buttonText);
      if (!message || !button) throw new Error(`There is no button «${buttonText}»`);
      if ("url" in button) throw new Error(`The button «${buttonText}» leads to ${button.url}`);
      const callback_id = randomUUID();
      const answered = presses.untilAnswered(callback_id);
      happen("message_callback", {
        callback: { callback_id, user: userOf(ANNA), payload: button.data },
        message: messageIn(message.chatId, message.text),
      });
      return await answered;
    },
    isListenedTo: updates.isAsked,
    unacknowledged: updates.waiting,
    refuse: (status, words, seconds) =>
      refuseWith(status, "", words, seconds === undefined ? {} : { "retry-after": String(seconds) }),
    happened: (...happened) => resultOf({ updates: happened, marker: 7 }),
  };
}

function dialogOf(userId: number): number {
  return FIRST_DIALOG_ID + userId;
}

function refusal(statusCode: number, code: string, message: string): Error {
  return Object.assign(new Error(message), { statusCode, code });
}

/** What is read of a message. @throws Error where MAX refuses it. */
function textOf({ text = "", format }: Content): string {
  if (text.length > MAX_TEXT_LENGTH) throw new Error(`Field 'text' size must be at most ${MAX_TEXT_LENGTH}`);
  const seen = format === "html" ? readHtml(text, TAGS) : text;
  if (seen.trim() === "") throw new Error("Message text is empty");
  return seen;
}

/** null = those that a changed message has stay. */
function buttonsOf({ attachments }: Content): SeenMessage["buttons"] | null {
  const buttons = attachments?.flatMap(({ payload }) => payload.buttons).flat();
  return (
    buttons?.map(({ text, payload = "", url }) =>
      url === undefined ? { text, data: payload } : { text, url },
    ) ?? null
  );
}

function messageIn(chatId: number, text: string, from?: SimulatedPerson) {
  const recipient = { chat_id: chatId, chat_type: chatId > 0 ? "dialog" : "chat" };
  return { recipient, body: { text }, sender: from ? userOf(from) : BOT };
}

function userOf({ id, firstName, lastName, username }: SimulatedPerson) {
  return { user_id: id, first_name: firstName, last_name: lastName, username, is_bot: false };
}

/** Refuses as MAX does. */
export function refuseWith(
  status: number,
  code: string,
  message: string,
  headers?: Record<string, string>,
): BotBehaviour {
  return answerWith(status, JSON.stringify({ code, message }), headers);
}

/** Says that all went well, with whatever result. */
export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify(result));
}
