import { EventEmitter } from "node:events";
import Fastify, { type FastifyReply } from "fastify";
import type { SimulatedPerson } from "./simulated-person.ts";
import { createSimulatedChats, type SimulatedChats } from "./telegram-chats.ts";
import { createTelegramMethods, type SimulatedMethod } from "./telegram-methods.ts";
import { createSimulatedPeople, type SimulatedPeople } from "./telegram-people.ts";
import { TelegramRefusal, type TelegramRefusalParameters } from "./telegram-refusal.ts";
import { createSimulatedUpdates } from "./telegram-updates.ts";

const HOST = "127.0.0.1";
const MAX_TOKEN_LENGTH = 200;
const TOKEN = /^\d+:[\w-]+$/;
const BOT_ID = 7_000_000_001;
const DEFAULT_USERNAME = "poswatch_bot";

/** A call to the Bot API. */
export interface SimulatedCall {
  method: string;
  payload: unknown;
}

interface TelegramSimulatorOptions {
  /** Of its only bot. */
  token: string;
  /** Of the bot, without `@`. */
  username?: string;
  /** A free one unless told. */
  port?: number;
  /** ms UTC. */
  clock?: () => number;
  /** 1 unless told. A later simulator is to begin above those of an earlier one, whose messages a bot may remember. */
  firstMessageId?: number;
  /** Sees each call before it is answered. @returns whether it has answered itself, or never will. */
  intercept?: (call: SimulatedCall, reply: FastifyReply) => boolean;
}

/** Telegram, as far as a bot and those who talk to it notice it. */
export interface TelegramSimulator
  extends Pick<SimulatedChats, "setStanding" | "list" | "messages">,
    Pick<SimulatedPeople, "press" | "say"> {
  /** `http://127.0.0.1:port`, the base URL of the Bot API. */
  url: string;
  bot: SimulatedPerson;
  addChat: SimulatedChats["add"];
  /** A person removes a message. @throws Error when there is none. */
  remove(chatId: number, messageId: number): void;
  /** How many things that people did the bot has not acknowledged. */
  unacknowledged(): number;
  /** Whether the bot waits for what people do. */
  isListenedTo(): boolean;
  /** Called with the chat in which something was written, changed or removed. @returns what ends it. */
  onChange(listener: (chatId: number) => void): () => void;
  close(): Promise<void>;
}

/** Starts a simulated Telegram: `POST /bot<token>/<method>` with JSON, as far as Poswatch uses it. All is kept in memory. */
export async function createTelegramSimulator({
  token,
  username = DEFAULT_USERNAME,
  port = 0,
  clock = Date.now,
  firstMessageId = 1,
  intercept = () => false,
}: TelegramSimulatorOptions): Promise<TelegramSimulator> {
  const changes = new EventEmitter<{ change: [chatId: number] }>();
  const bot: SimulatedPerson = { id: BOT_ID, firstName: "Poswatch", username };
  const chats = createSimulatedChats(clock, (chatId) => changes.emit("change", chatId), firstMessageId);
  const updates = createSimulatedUpdates();
  const people = createSimulatedPeople({ bot, chats, updates });
  const methods = createTelegramMethods({ bot, chats, updates, answerButton: people.answerButton });

  const server = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_TOKEN_LENGTH },
  });
  server.setErrorHandler((error, _request, reply) => refuse(reply, error));
  server.setNotFoundHandler((_request, reply) => refuse(reply, new TelegramRefusal(404, "Not Found")));
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

  function findMethod(given: string, name: string): SimulatedMethod {
    if (!TOKEN.test(given)) throw new TelegramRefusal(404, "Not Found");
    if (given !== token) throw new TelegramRefusal(401, "Unauthorized");
    const method = methods[name];
    if (!method) throw new TelegramRefusal(404, "Not Found: method not found");
    return method;
  }

  return {
    ...{ url, bot, addChat: chats.add, remove: chats.remove, setStanding: chats.setStanding },
    ...{ list: chats.list, messages: chats.messages, press: people.press, say: people.say },
    ...{ unacknowledged: updates.waiting, isListenedTo: updates.isAsked },
    onChange(listener) {
      changes.on("change", listener);
      return () => changes.off("change", listener);
    },
    async close() {
      updates.close();
      people.close();
      await server.close();
    },
  };
}

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof TelegramRefusal) return reply.code(error.code).send(refusalOf(error));
  const { statusCode = 500, message } = error as { statusCode?: number; message: string };
  return reply.code(statusCode).send(refusalOf({ code: statusCode, message }));
}

interface Refusal {
  code: number;
  message: string;
  parameters?: TelegramRefusalParameters | undefined;
}

function refusalOf({ code, message, parameters }: Refusal): Record<string, unknown> {
  return { ok: false, error_code: code, description: message, ...(parameters && { parameters }) };
}
