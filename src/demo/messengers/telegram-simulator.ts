import { randomInt } from "node:crypto";
import Fastify, { type FastifyReply } from "fastify";
import { createButtonPresses } from "./button-presses.ts";
import { escapeHtml } from "./html-text.ts";
import { fullNameOf, type SimulatedPerson } from "./simulated-person.ts";
import { createSimulatedChats, type SimulatedChats } from "./telegram-chats.ts";
import {
  type ButtonAnswer,
  createTelegramMethods,
  messageAsJson,
  personAsJson,
  type SimulatedUpdates,
} from "./telegram-methods.ts";
import { refusal } from "./telegram-refusal.ts";
import { createUpdateQueue } from "./update-queue.ts";

const HOST = "127.0.0.1";
const MAX_TOKEN_LENGTH = 200;
const TOKEN = /^\d+:[\w-]+$/;
const BOT: SimulatedPerson = { id: 7_000_000_001, firstName: "Poswatch", username: "poswatch_bot" };
const FIRST_UPDATE = 1001;
const OUSTED =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const MAX_CALLBACK_ID = 2 ** 47;

export interface SimulatedCall {
  method: string;
  payload: unknown;
}

interface TelegramSimulatorOptions {
  /** Of its only bot. */
  token: string;
  port?: number;
  /** Above those of an earlier simulator, whose messages a bot may remember. */
  firstMessageId?: number;
  /** Gets each call before it is answered. @returns true to answer the call itself, or never. */
  intercept?: (call: SimulatedCall, reply: FastifyReply) => boolean;
}

export type TelegramSimulator = Awaited<ReturnType<typeof createTelegramSimulator>>;

/** Simulates Telegram in memory, as far as Poswatch uses it: `POST /bot<token>/<method>` with JSON. */
export async function createTelegramSimulator({
  token,
  port = 0,
  firstMessageId = 1,
  intercept = () => false,
}: TelegramSimulatorOptions) {
  const chats = createSimulatedChats(firstMessageId);
  const updates: SimulatedUpdates = createUpdateQueue(FIRST_UPDATE, () => refusal(409, OUSTED));
  const people = createSimulatedPeople(chats, updates);
  const methods = createTelegramMethods({ bot: BOT, chats, updates, answerButton: people.answerButton });

  const server = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_TOKEN_LENGTH },
  });
  server.setErrorHandler<Error>((error, _request, reply) => refuse(reply, error));
  server.setNotFoundHandler((_request, reply) => refuse(reply, refusal(404, "Not Found")));
  server.post<{ Params: { token: string; method: string } }>(
    "/bot:token/:method",
    async ({ params, body }, reply) => {
      const method = findMethod(params.token, params.method);
      if (intercept({ method: params.method, payload: body }, reply)) return reply.hijack();
      const leaving = new AbortController();
      reply.raw.on("close", () => leaving.abort());
      return { ok: true, result: await method(body ?? {}, leaving.signal) };
    },
  );
  const url = await server.listen({ host: HOST, port });

  function findMethod(given: string, name: string) {
    if (!TOKEN.test(given)) throw refusal(404, "Not Found");
    if (given !== token) throw refusal(401, "Unauthorized");
    const method = methods[name];
    if (!method) throw refusal(404, "Not Found: method not found");
    return method;
  }

  return {
    url,
    addChat: chats.add,
    remove: chats.remove,
    setStanding: chats.setStanding,
    messages: chats.messages,
    press: people.press,
    say: people.say,
    unacknowledged: updates.waiting,
    isListenedTo: updates.isAsked,
    async close(): Promise<void> {
      updates.close();
      await server.close();
    },
  };
}

function refuse(reply: FastifyReply, error: Partial<ReturnType<typeof refusal>>): FastifyReply {
  const { statusCode = 500, message, parameters } = error;
  return reply.code(statusCode).send({ ok: false, error_code: statusCode, description: message, parameters });
}

function createSimulatedPeople(chats: SimulatedChats, updates: SimulatedUpdates) {
  const presses = createButtonPresses<ButtonAnswer>();

  return {
    /** Presses a button. @returns the bot's answer. @throws Error when there is no such message or button, or no answer in time. */
    async press(chatId: number, messageId: number, buttonText: string, from: SimulatedPerson) {
      const { chat, message, data } = findButton(chatId, messageId, buttonText);
      const id = String(randomInt(MAX_CALLBACK_ID));
      const answered = presses.untilAnswered(id);
      updates.push({
        callback_query: {
          id,
          from: personAsJson(from, false),
          chat_instance: String(chatId),
          message: messageAsJson(message, chat, BOT),
          data,
        },
      });
      return await answered;
    },
    /** Writes to a chat; a private one (the person's id) is created if missing. @throws when there is no other chat. */
    say(chatId: number, text: string, from: SimulatedPerson): void {
      if (chatId === from.id && !chats.find(chatId)) {
        const { username } = from;
        const chat = { id: chatId, kind: "private", title: fullNameOf(from) } as const;
        chats.add(username === undefined ? chat : { ...chat, username });
      }
      const chat = chats.find(chatId);
      if (!chat) throw new Error(`There is no chat ${chatId}`);
      const look = { html: escapeHtml(text), text, buttons: [], hasLinkPreview: false };
      const message = chats.post({ ...look, chatId, topicId: null, from, isSilent: false });
      updates.push({ message: messageAsJson(message, chat, BOT) });
    },
    answerButton: presses.answer,
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
