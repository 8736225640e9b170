import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { hideSecrets } from "../bots/hide-secrets.ts";
import type { SendOutcome } from "../channel.ts";
import { failed } from "../failed.ts";
import type { TelegramSecrets } from "./connection.ts";

const SentMessage = Type.Object({
  message_id: Type.Integer({ minimum: 1 }),
  chat: Type.Object({
    id: Type.Integer(),
    title: Type.Optional(Type.String()),
    first_name: Type.Optional(Type.String()),
    last_name: Type.Optional(Type.String()),
  }),
  from: Type.Optional(Type.Object({ username: Type.Optional(Type.String()) })),
});
type SentMessage = Static<typeof SentMessage>;

const sentMessages = Compile(SentMessage);

/** Where a message is. */
export interface MessagePlace {
  /** `-1001234567890` */
  chatId: string;
  messageId: number;
}

/** Reads a place as the outcome of sending had it. @returns null when it is none. */
export function readPlace(reference: string): MessagePlace | null {
  const [, chatId, messageId] = /^(-?\d{1,20}):(\d{1,15})$/.exec(reference) ?? [];
  return chatId === undefined ? null : { chatId, messageId: Number(messageId) };
}

export function writePlace({ chatId, messageId }: MessagePlace): string {
  return `${chatId}:${messageId}`;
}

/** Reads what Telegram says of a message that it has taken; without its place it was no message. */
export function readSent(result: unknown, secrets: TelegramSecrets): SendOutcome {
  if (!sentMessages.Check(result))
    return failed("invalid_answer", "taken, but without saying where the message is");
  const reference = writePlace({ chatId: String(result.chat.id), messageId: result.message_id });
  return { ok: true, reference, answer: shortLine(hideSecrets(secrets)(describe(result))) };
}

/** `Дежурные · @poswatch_bot` */
function describe({ message_id, chat, from }: SentMessage): string {
  const name = chat.title ?? [chat.first_name, chat.last_name].filter(Boolean).join(" ");
  const bot = from?.username === undefined ? "" : `@${from.username}`;
  return [name, bot].filter(Boolean).join(" · ") || `message ${message_id}`;
}
