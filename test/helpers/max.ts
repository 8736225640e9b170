import { randomUUID } from "node:crypto";
import type { SeenMessage, TestBot } from "./bots.ts";
import type { Owner } from "./owner.ts";
import { answerWith, type BotBehaviour, type Refusal, serveBot } from "./serve-bot.ts";
import {
  ANNA,
  createButtonPresses,
  createUpdateQueue,
  findButton,
  NO_WAY,
  readHtml,
  type SimulatedPerson,
} from "./simulated-messenger.ts";

export const TOKEN = "f9LHodD0cOI_the-token-of-a-bot_0123456789";

/** A group; there is a dialog with `ANNA` too. */
const GROUP_ID = -70_000_000_000_005;
/** Dialogs have other numbers than the people whom they are with. */
const FIRST_DIALOG_ID = 182_000_000;
const FIRST_MARKER = 25_493_970;
const BOT = { user_id: 229_229_229, first_name: "Poswatch", username: "poswatch_bot", is_bot: true };

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

interface TestMax extends TestBot {
  dialogId: number;
  /** Opens the dialog with the bot, by a link with a payload or without one. */
  begin(from: SimulatedPerson, payload?: string): void;
}

/** Starts what a bot notices of MAX, which ends with the test, and may misbehave. Chats are in memory. */
export async function startMax(t: Owner, port = 0): Promise<TestMax> {
  const chats = new Set([GROUP_ID, dialogOf(ANNA.id)]);
  let isShutOut = false;
  let messages: (SeenMessage & { chatId: number })[] = [];
  const updates = createUpdateQueue<object>(FIRST_MARKER);
  const presses = createButtonPresses<string>();

  const methods: Record<string, (call: Call, signal: AbortSignal) => unknown> = {
    "GET /me": () => BOT,
    "POST /messages"({ query: { user_id, chat_id }, body }) {
      const chatId = user_id === undefined ? Number(chat_id) : dialogOf(Number(user_id));
      if (!chats.has(chatId)) throw refusal(404, "chat.not.found", `Chat ${chat_id} not found`);
      checkOpen(chatId);
      const id = `mid.${randomUUID()}`;
      const sent = { id, chatId, isSilent: body.notify === false, history: [] };
      messages.push({ ...sent, text: textOf(body), buttons: buttonsOf(body) ?? [] });
      return { message: { body: { mid: id } } };
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
      presses.answer(query.callback_id ?? "", body.notification ?? "");
      return { success: true };
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

  const server = await serveBot<Call>(t, port, {
    read({ headers, method, url, query, body }) {
      if (headers.authorization !== TOKEN) throw refusal(401, "verify.token", "Invalid access_token");
      const call = { query: query as Call["query"], body: body as Content };
      return { method: `${method} ${url.split("?")[0]}`, ...call };
    },
    answer: async (call, signal) => await methods[call.method]?.(call, signal),
    sayRefused: ({ code = "proto.payload", message }) => ({ code, message }),
  });

  function checkOpen(chatId: number): void {
    if (isShutOut && chatId === GROUP_ID) throw refusal(403, "chat.denied", "error.chat.denied");
  }

  function happen(update_type: string, what: object): void {
    updates.push({ update_type, timestamp: Date.now(), ...what });
  }

  return {
    ...server,
    kind: "max",
    token: TOKEN,
    resultOf,
    group: String(GROUP_ID),
    anna: `user:${ANNA.id}`,
    dialogId: dialogOf(ANNA.id),
    channel: (target = {}) => ({
      kind: "max",
      settings: { ...NO_WAY, baseUrl: server.url, chatId: String(GROUP_ID), ...target },
      secrets: { token: TOKEN, proxyPassword: "" },
    }),
    messages: (chatId = String(GROUP_ID)) =>
      messages.filter((one) => [String(one.chatId), `user:${one.chatId - FIRST_DIALOG_ID}`].includes(chatId)),
    remove(messageId) {
      messages = messages.filter(({ id }) => id !== messageId);
    },
    shutOut() {
      isShutOut = true;
    },
    begin(from, payload) {
      chats.add(dialogOf(from.id));
      happen("bot_started", { user: userOf(from), payload });
    },
    say(text, from, isInGroup) {
      chats.add(dialogOf(from.id));
      const recipient = { chat_type: isInGroup ? "chat" : "dialog" };
      happen("message_created", { message: { recipient, body: { text }, sender: userOf(from) } });
    },
    async press(messageId, buttonText) {
      const payload = findButton(messages, messageId, buttonText);
      const callback_id = randomUUID();
      happen("message_callback", { callback: { callback_id, user: userOf(ANNA), payload } });
      return await presses.untilAnswered(callback_id);
    },
    isListenedTo: updates.isAsked,
    unacknowledged: updates.waiting,
    refuse: (status, words, seconds) =>
      refuseWith(status, "", words, seconds === undefined ? {} : { "retry-after": String(seconds) }),
    happened: (...happened) => resultOf({ updates: happened, marker: 7 }),
  };
}

const dialogOf = (userId: number): number => FIRST_DIALOG_ID + userId;

function refusal(statusCode: number, code: string, message: string): Refusal {
  return Object.assign(new Error(message), { statusCode, code });
}

function textOf({ text = "", format }: Content): string {
  return format === "html" ? readHtml(text) : text;
}

/** null = those that a changed message has stay. */
function buttonsOf({ attachments }: Content): SeenMessage["buttons"] | null {
  const buttons = attachments?.flatMap(({ payload }) => payload.buttons).flat();
  const read = buttons?.map(({ text, payload = "", url }) => (url ? { text, url } : { text, data: payload }));
  return read ?? null;
}

function userOf({ id, firstName, lastName, username }: SimulatedPerson) {
  return { user_id: id, first_name: firstName, last_name: lastName, username, is_bot: false };
}

export function refuseWith(status: number, code: string, message: string, headers = {}): BotBehaviour {
  return answerWith(status, JSON.stringify({ code, message }), headers);
}

export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify(result));
}
