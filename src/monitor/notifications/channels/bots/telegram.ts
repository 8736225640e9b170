import Type from "typebox";
import { Compile } from "typebox/compile";
import { SECOND_MS } from "../../../../protocol/time-units.ts";
import { classOfStatus, type FailureClass, failed, MAX_RETRY_AFTER_MS } from "../../../outgoing/failure.ts";
import { cutAtWord } from "../plain-text.ts";
import {
  type BotContent,
  type BotDialect,
  type BotUpdate,
  personOf,
  readButtonData,
  readWritten,
} from "./dialect.ts";

const MAX_BUTTON_ANSWER_LENGTH = 200;
/** Few, so that even with long texts the answer stays below its limit. */
const MAX_UPDATES = 20;

const answers = Compile(
  Type.Union([
    Type.Object({ ok: Type.Literal(true), result: Type.Unknown() }),
    Type.Object({
      ok: Type.Literal(false),
      error_code: Type.Integer(),
      description: Type.String(),
      parameters: Type.Optional(
        Type.Object({
          retry_after: Type.Optional(Type.Number({ minimum: 0 })),
          migrate_to_chat_id: Type.Optional(Type.Integer()),
        }),
      ),
    }),
  ]),
);

const sentMessages = Compile(
  Type.Object({ message_id: Type.Integer({ minimum: 1 }), chat: Type.Object({ id: Type.Integer() }) }),
);

export const telegram: BotDialect = {
  name: "Telegram",
  serverUrl: "https://api.telegram.org",
  token: /^[A-Za-z0-9:_-]{5,200}$/,
  chatId: /^(-?\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,40})$/,
  botsUrl: "https://t.me/",
  // It accepts twenty messages a minute in a group.
  paceMs: 3_000,
  signed: ({ path }, token) => ({ path: `/bot${token}${path}`, headers: {} }),
  readAnswer(json, { retryAfterMs }, hide) {
    if (!answers.Check(json)) return null;
    if (json.ok) return json;
    const { error_code: code, description, parameters } = json;
    const { retry_after: retryAfter, migrate_to_chat_id: movedTo } = parameters ?? {};
    const waitMs = retryAfter && Math.min(Math.ceil(retryAfter * SECOND_MS), MAX_RETRY_AFTER_MS);
    const failure = failed(classOf(code), hide(description), waitMs ?? retryAfterMs);
    return movedTo === undefined ? failure : { ...failure, movedTo: String(movedTo) };
  },
  sendMessage: ({ chatId, topicId }, content, isSilent) =>
    post("/sendMessage", {
      chat_id: chatId,
      ...(topicId && { message_thread_id: Number(topicId) }),
      disable_notification: isSilent,
      ...written(content),
    }),
  changeMessage: ({ chatId, messageId }, content) =>
    post("/editMessageText", { chat_id: chatId, message_id: Number(messageId), ...written(content) }),
  readSent(result) {
    if (!sentMessages.Check(result)) return null;
    return { chatId: String(result.chat.id), messageId: String(result.message_id) };
  },
  describeBot: post("/getMe", {}),
  answerButton: (callbackId, text, isAlert) =>
    post("/answerCallbackQuery", {
      callback_query_id: callbackId,
      text: cutAtWord(text, MAX_BUTTON_ANSWER_LENGTH),
      show_alert: isAlert,
    }),
  pollUpdates: (offset, waitMs) =>
    post("/getUpdates", {
      ...(offset !== null && { offset }),
      limit: MAX_UPDATES,
      timeout: Math.round(waitMs / SECOND_MS),
      allowed_updates: ["message", "callback_query"],
    }),
  readUpdates(result) {
    if (!numberedUpdates.Check(result)) return null;
    const last = result.at(-1);
    return {
      updates: result.flatMap((raw) => readUpdate(raw) ?? []),
      next: last ? last.update_id + 1 : null,
    };
  },
};

function post(path: string, body: object) {
  return { method: "POST", path, body } as const;
}

function classOf(code: number): FailureClass {
  // Methods are always found, so the bot of the token is not.
  if (code === 404) return "credentials";
  return code === 403 ? "recipient" : classOfStatus(code, false);
}

function written({ html, buttons }: BotContent) {
  const row = buttons.map(({ text, ...to }) => ({
    text,
    ...("data" in to ? { callback_data: to.data } : to),
  }));
  return {
    text: html,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    ...(row.length > 0 && { reply_markup: { inline_keyboard: [row] } }),
  };
}

const MaybeText = Type.Optional(Type.String());
const Sender = Type.Object({
  id: Type.Integer(),
  first_name: Type.String(),
  last_name: MaybeText,
  username: MaybeText,
});
const Chat = Type.Object({ id: Type.Integer(), type: Type.String() });
const Message = Type.Object({ chat: Chat, from: Type.Optional(Sender), text: MaybeText });
const Button = Type.Object({ id: Type.String(), from: Sender, data: MaybeText });
const knownUpdates = Compile(
  Type.Object({ message: Type.Optional(Message), callback_query: Type.Optional(Button) }),
);
const numberedUpdates = Compile(Type.Array(Type.Object({ update_id: Type.Integer() })));

function readUpdate(raw: unknown): BotUpdate | null {
  if (!knownUpdates.Check(raw)) return null;
  const { callback_query: query, message } = raw;
  if (query) {
    const from = personOf(query.from.id, query.from);
    return { kind: "button", callbackId: query.id, data: readButtonData(query.data ?? ""), from };
  }
  if (!message?.from || message.chat.type !== "private") return null;
  const { chat, from, text = "" } = message;
  return readWritten(text, personOf(from.id, from), String(chat.id));
}
