import Type, { type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { fullNameOf, type SimulatedPerson } from "../../../src/demo/messengers/simulated-person.ts";
import type { UpdateQueue } from "../../../src/demo/messengers/update-queue.ts";
import type { MaxChat, MaxChats, SimulatedMaxMessage } from "./chats.ts";
import { readContent } from "./content.ts";
import { badPayload, MaxRefusal } from "./refusal.ts";

const SECOND_MS = 1_000;

const Whole = Type.String({ pattern: "^-?\\d{1,18}$" });
const Place = Type.Object({ message_id: Type.String({ minLength: 1 }) });
const Address = Type.Object({ user_id: Type.Optional(Whole), chat_id: Type.Optional(Whole) });
const Press = Type.Object({ callback_id: Type.String({ minLength: 1 }) });
const Notice = Type.Object({ notification: Type.String({ minLength: 1 }) });
const Polling = Type.Object({
  marker: Type.Optional(Whole),
  limit: Type.Optional(Type.String({ pattern: "^([1-9]\\d{0,2}|1000)$" })),
  timeout: Type.Optional(Type.String({ pattern: "^([0-8]?\\d|90)$" })),
  types: Type.Optional(Type.String()),
});

/** Something that happened, as MAX says it. */
export type MaxUpdate = { update_type: string; timestamp: number } & Record<string, unknown>;

/** A call of the Bot API. */
interface MaxRequest {
  query: unknown;
  body: unknown;
  /** Whoever asked has gone. */
  signal: AbortSignal;
}

/** A method of the Bot API. @throws MaxRefusal */
type MaxMethod = (request: MaxRequest) => unknown;

interface MaxMethodsOptions {
  bot: SimulatedPerson;
  chats: MaxChats;
  updates: UpdateQueue<MaxUpdate>;
  /** @returns whether somebody still waits for it. */
  answerButton(callbackId: string, text: string): boolean;
}

/** The methods that a bot of Poswatch uses, such as `POST /messages`. */
export function createMaxMethods({
  bot,
  chats,
  updates,
  answerButton,
}: MaxMethodsOptions): Record<string, MaxMethod> {
  return {
    "GET /me": () => ({ ...personAsJson(bot, true), description: "Poswatch", commands: [] }),
    "POST /messages"({ query, body }) {
      const { user_id, chat_id } = read(Address, query);
      const content = readContent(body);
      if ((user_id === undefined) === (chat_id === undefined)) throw badPayload("Unknown recipient");
      const chat = chats.writable({ userId: user_id, chatId: chat_id });
      return { message: messageAsJson(chats.post(chat, null, content), chat, bot) };
    },
    "PUT /messages"({ query, body }) {
      chats.edit(read(Place, query).message_id, readContent(body));
      return { success: true };
    },
    "POST /answers"({ query, body }) {
      const { notification } = read(Notice, body);
      if (answerButton(read(Press, query).callback_id, notification)) return { success: true };
      throw new MaxRefusal(404, "not.found", "Callback not found");
    },
    async "GET /updates"({ query, signal }) {
      const { marker, limit = "100", timeout = "30", types } = read(Polling, query);
      const last = updates.last();
      // Without a marker it is the last one that comes, be it known or not.
      const from = marker === undefined ? updates.next() : Number(marker);
      const queued =
        marker === undefined && last ? [last] : await updates.take(from, Number(timeout) * SECOND_MS, signal);
      const taken = queued.slice(0, Number(limit));
      const next = (taken.at(-1)?.number ?? updates.next() - 1) + 1;
      const wanted = taken.filter(({ update }) => types?.split(",").includes(update.update_type) ?? true);
      return { updates: wanted.map(({ update }) => update), marker: next };
    },
  };
}

/** A message as MAX says it. */
export function messageAsJson(
  message: SimulatedMaxMessage,
  { kind, person }: MaxChat,
  bot: SimulatedPerson,
): Record<string, unknown> {
  const { id, chatId, from, sentAt, text, markup, buttons } = message;
  const receiver = from ? bot : person;
  return {
    recipient: {
      ...{ chat_id: chatId, chat_type: kind },
      ...(kind === "dialog" && receiver && { user_id: receiver.id }),
    },
    timestamp: sentAt,
    body: {
      ...{ mid: id, seq: sentAt, text },
      ...(buttons.length > 0 && { attachments: [{ type: "inline_keyboard", payload: { buttons } }] }),
      ...(markup.length > 0 && {
        markup: markup.map(({ type, offset, length }) => ({ type, from: offset, length })),
      }),
    },
    sender: personAsJson(from ?? bot, from === null),
  };
}

export function personAsJson(person: SimulatedPerson, isBot: boolean): Record<string, unknown> {
  const { id, firstName, lastName, username } = person;
  return {
    ...{ user_id: id, first_name: firstName, last_name: lastName, username, is_bot: isBot },
    ...{ last_activity_time: 0, name: fullNameOf(person) },
  };
}

function read<Schema extends TSchema>(schema: Schema, given: unknown): Static<Schema> {
  if (Value.Check(schema, given)) return given;
  const [problem] = Value.Errors(schema, given);
  throw badPayload(`Field '${problem?.instancePath.slice(1)}' ${problem?.message}`);
}
