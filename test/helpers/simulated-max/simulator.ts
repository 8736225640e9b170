import { EventEmitter } from "node:events";
import Fastify, { type FastifyReply } from "fastify";
import type { SimulatedPerson } from "../../../src/demo/messengers/simulated-person.ts";
import { createUpdateQueue } from "../../../src/demo/messengers/update-queue.ts";
import { createMaxChats, type MaxChats } from "./chats.ts";
import { createMaxMethods, type MaxUpdate } from "./methods.ts";
import { createMaxPeople, type MaxPeople } from "./people.ts";
import { MaxRefusal } from "./refusal.ts";

const HOST = "127.0.0.1";
const BOT_ID = 229_229_229;
const DEFAULT_USERNAME = "poswatch_bot";
const FIRST_MARKER = 25_493_970;

/** A call to the Bot API. */
export interface MaxSimulatedCall {
  /** `POST /messages` */
  method: string;
  query: unknown;
  body: unknown;
}

interface MaxSimulatorOptions {
  /** Of its only bot. */
  token: string;
  /** Of the bot, without `@`. */
  username?: string;
  /** A free one unless told. */
  port?: number;
  /** ms UTC. */
  clock?: () => number;
  /** Sees each call before it is answered. @returns whether it has answered itself, or never will. */
  intercept?: (call: MaxSimulatedCall, reply: FastifyReply) => boolean;
}

/** MAX, as far as a bot and those who talk to it notice it. */
export interface MaxSimulator
  extends Pick<MaxChats, "dialogWith" | "setStanding" | "list" | "messages">,
    Pick<MaxPeople, "begin" | "press" | "say"> {
  /** `http://127.0.0.1:port`, the base URL of the Bot API. */
  url: string;
  bot: SimulatedPerson;
  addChat: MaxChats["add"];
  /** A person removes a message. @throws Error when there is none. */
  remove(messageId: string): void;
  /** How many things that people did the bot has not acknowledged. */
  unacknowledged(): number;
  /** Whether the bot waits for what people do. */
  isListenedTo(): boolean;
  /** Called with the chat in which something was written, changed or removed. @returns what ends it. */
  onChange(listener: (chatId: number) => void): () => void;
  close(): Promise<void>;
}

/** Starts a simulated MAX, as far as Poswatch uses its Bot API. All is kept in memory. */
export async function createMaxSimulator({
  token,
  username = DEFAULT_USERNAME,
  port = 0,
  clock = Date.now,
  intercept = () => false,
}: MaxSimulatorOptions): Promise<MaxSimulator> {
  const changes = new EventEmitter<{ change: [chatId: number] }>();
  const bot: SimulatedPerson = { id: BOT_ID, firstName: "Poswatch", username };
  const chats = createMaxChats(clock, (chatId) => changes.emit("change", chatId));
  const updates = createUpdateQueue<MaxUpdate>(FIRST_MARKER);
  const people = createMaxPeople({ bot, chats, updates, clock });
  const methods = createMaxMethods({ bot, chats, updates, answerButton: people.answerButton });

  const server = Fastify({ forceCloseConnections: true });
  server.setErrorHandler((error, _request, reply) => refuse(reply, error));
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, new MaxRefusal(404, "not.found", "Path not found")),
  );
  for (const [name, method] of Object.entries(methods)) {
    const [verb = "", url = ""] = name.split(" ");
    server.route({
      ...{ method: verb, url },
      async handler({ headers, query, body }, reply) {
        checkToken(headers.authorization);
        if (intercept({ method: name, query, body }, reply)) return reply.hijack();
        const leaving = new AbortController();
        reply.raw.on("close", () => leaving.abort());
        return await method({ query, body, signal: leaving.signal });
      },
    });
  }
  const url = await server.listen({ host: HOST, port });

  function checkToken(given: string | undefined): void {
    if (given === undefined) throw new MaxRefusal(401, "verify.token", "Empty access_token");
    if (given !== token) throw new MaxRefusal(401, "verify.token", "Invalid access_token");
  }

  return {
    ...{ url, bot, addChat: chats.add, dialogWith: chats.dialogWith, remove: chats.remove },
    ...{ setStanding: chats.setStanding, list: chats.list, messages: chats.messages },
    ...{ begin: people.begin, press: people.press, say: people.say },
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
  if (error instanceof MaxRefusal)
    return reply.code(error.status).send({ code: error.code, message: error.message });
  const { statusCode = 500, message } = error as { statusCode?: number; message: string };
  const code = statusCode < 500 ? "proto.payload" : "internal";
  return reply.code(statusCode).send({ code, message });
}
