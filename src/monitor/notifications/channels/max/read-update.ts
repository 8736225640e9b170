import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { type BotPerson, type BotUpdate, readWritten } from "../bots/bot-update.ts";
import { readButtonData } from "../bots/button-data.ts";
import { chatIdOfUser } from "./address.ts";

/** What a link to the bot carries: `https://max.ru/NAME?start=CODE`. */
const CODE = /^\S{1,64}$/;

const MaybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const User = Type.Object({
  user_id: Type.Integer(),
  first_name: Type.String(),
  last_name: MaybeText,
  username: MaybeText,
  is_bot: Type.Optional(Type.Boolean()),
});
type User = Static<typeof User>;
const Message = Type.Object({
  recipient: Type.Object({ chat_id: Type.Union([Type.Integer(), Type.Null()]), chat_type: Type.String() }),
  body: Type.Object({ mid: Type.String(), text: MaybeText }),
});
type Message = Static<typeof Message>;
const Update = Type.Union([
  Type.Object({ update_type: Type.Literal("bot_started"), user: User, payload: MaybeText }),
  Type.Object({
    update_type: Type.Literal("message_created"),
    message: Type.Intersect([Message, Type.Object({ sender: User })]),
  }),
  Type.Object({
    update_type: Type.Literal("message_callback"),
    callback: Type.Object({ callback_id: Type.String(), user: User, payload: MaybeText }),
    message: Message,
  }),
]);

const updates = Compile(Update);

/** Kinds of updates that a bot of Poswatch listens to. */
export const UPDATE_TYPES = ["bot_started", "message_created", "message_callback"];

/** Reads an update of MAX. @returns null for all that a bot of Poswatch does not listen to. */
export function readUpdate(update: unknown): BotUpdate | null {
  if (!updates.Check(update)) return null;
  if (update.update_type === "bot_started") return readStart(update.user, update.payload ?? "");
  if (update.update_type === "message_created") return readMessage(update.message);
  const { callback, message } = update;
  return {
    kind: "button",
    callbackId: callback.callback_id,
    data: readButtonData(callback.payload ?? ""),
    from: personOf(callback.user),
    chatId: chatIdOf(message, callback.user),
    messageId: message.body.mid,
  };
}

/** Whoever begins a dialog without a code has written nothing yet. */
function readStart(user: User, payload: string): BotUpdate {
  const from = personOf(user);
  const chatId = chatIdOfUser(user.user_id);
  return CODE.test(payload)
    ? { kind: "start", code: payload, from, chatId, isPrivate: true }
    : { kind: "text", text: "", from, chatId };
}

function readMessage(message: Message & { sender: User }): BotUpdate | null {
  const { sender, body } = message;
  if (sender.is_bot) return null;
  return readWritten(body.text ?? "", personOf(sender), chatIdOf(message, sender), isDialog(message));
}

/** The dialog with somebody is known by who they are. */
function chatIdOf(message: Message, user: User): string {
  const { chat_id } = message.recipient;
  return isDialog(message) || chat_id === null ? chatIdOfUser(user.user_id) : String(chat_id);
}

function isDialog({ recipient }: Message): boolean {
  return recipient.chat_type === "dialog";
}

function personOf({ user_id, first_name, last_name, username }: User): BotPerson {
  const name = [first_name, last_name].filter(Boolean).join(" ");
  return { id: String(user_id), name, username: username || null };
}
