import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { type BotPerson, type BotUpdate, readWritten } from "../bots/bot-update.ts";
import { readButtonData } from "../bots/button-data.ts";

export type { BotPerson as TelegramPerson, BotUpdate } from "../bots/bot-update.ts";

const Sender = Type.Object({
  id: Type.Integer(),
  first_name: Type.String(),
  last_name: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
});
const Chat = Type.Object({ id: Type.Integer(), type: Type.String() });
const Update = Type.Object({
  message: Type.Optional(
    Type.Object({ chat: Chat, from: Type.Optional(Sender), text: Type.Optional(Type.String()) }),
  ),
  callback_query: Type.Optional(
    Type.Object({
      id: Type.String(),
      from: Sender,
      data: Type.Optional(Type.String()),
      message: Type.Optional(Type.Object({ message_id: Type.Integer(), chat: Chat })),
    }),
  ),
});
type Update = Static<typeof Update>;

const updates = Compile(Update);

/** Reads an update of the Bot API. @returns null for all that a bot of Poswatch does not listen to. */
export function readUpdate(update: unknown): BotUpdate | null {
  if (!updates.Check(update)) return null;
  return readButton(update.callback_query) ?? readMessage(update.message);
}

function readButton(query: Update["callback_query"]): BotUpdate | null {
  if (!query?.message) return null;
  return {
    kind: "button",
    callbackId: query.id,
    data: readButtonData(query.data ?? ""),
    from: personOf(query.from),
    chatId: String(query.message.chat.id),
    messageId: String(query.message.message_id),
  };
}

function readMessage(message: Update["message"]): BotUpdate | null {
  if (!message?.from) return null;
  const { chat, text = "" } = message;
  return readWritten(text, personOf(message.from), String(chat.id), chat.type === "private");
}

function personOf({ id, first_name, last_name, username }: Static<typeof Sender>): BotPerson {
  const name = [first_name, last_name].filter(Boolean).join(" ");
  return { id: String(id), name, username: username ?? null };
}
