import Type from "typebox";
import { Compile } from "typebox/compile";
import { SECOND_MS } from "../../../../protocol/time-units.ts";
import { classOfStatus, failed } from "../../../outgoing/failure.ts";
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
/** Prefix of a person's id, which is not the id of the dialog with them. */
const USER = "user:";

/** A refusal has a code, or since November 2026 `success: false` with status 200; before, only a message. */
const refusals = Compile(
  Type.Object({
    success: Type.Optional(Type.Boolean()),
    code: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  }),
);
const objects = Compile(Type.Object({}));
const sentMessages = Compile(
  Type.Object({
    message: Type.Object({ body: Type.Object({ mid: Type.String({ pattern: "^[\\w.-]{1,200}$" }) }) }),
  }),
);

/** Answers to buttons disappear by themselves, also alerts. */
export const max: BotDialect = {
  name: "MAX",
  // The earlier address without `2` ended on 19 July 2026.
  serverUrl: "https://platform-api2.max.ru",
  token: /^[A-Za-z0-9._~+/=:-]{5,300}$/,
  chatId: /^(-?\d{1,20}|user:\d{1,20})$/,
  botsUrl: "https://max.ru/",
  // It accepts two messages a second.
  paceMs: 1_000,
  signed: ({ path }, token) => ({ path, headers: { authorization: token } }),
  readAnswer(json, { status, retryAfterMs }, hide) {
    const isRefusal = refusals.Check(json) && (json.success === false || (status !== 200 && "code" in json));
    if (!isRefusal) return status === 200 && objects.Check(json) ? { ok: true, result: json } : null;
    const words = [json.code, json.message].filter(Boolean).join(": ") || `HTTP ${status}`;
    const failure = status === 403 ? "recipient" : classOfStatus(status, false);
    return failed(failure, hide(words), retryAfterMs);
  },
  sendMessage({ chatId }, content, isSilent) {
    const to = chatId.startsWith(USER) ? { user_id: chatId.slice(USER.length) } : { chat_id: chatId };
    return {
      method: "POST",
      path: pathTo("/messages", { ...to, disable_link_preview: "true" }),
      body: { ...written(content), notify: !isSilent },
    };
  },
  changeMessage: ({ messageId }, content) => ({
    method: "PUT",
    path: pathTo("/messages", { message_id: messageId }),
    body: { ...written(content), notify: false },
  }),
  // The answer does not name the chat.
  readSent: (result, chatId) =>
    sentMessages.Check(result) ? { chatId, messageId: result.message.body.mid } : null,
  describeBot: { method: "GET", path: "/me" },
  answerButton: (callbackId, text) => ({
    method: "POST",
    path: pathTo("/answers", { callback_id: callbackId }),
    body: { notification: cutAtWord(text, MAX_BUTTON_ANSWER_LENGTH) },
  }),
  pollUpdates: (marker, waitMs) => ({
    method: "GET",
    path: pathTo("/updates", {
      ...(marker !== null && { marker: String(marker) }),
      limit: String(MAX_UPDATES),
      timeout: String(Math.round(waitMs / SECOND_MS)),
      types: "bot_started,message_created,message_callback",
    }),
  }),
  readUpdates(result, since) {
    if (!polledUpdates.Check(result)) return null;
    const { updates, marker = null } = result;
    return { updates: updates.flatMap((raw) => readUpdate(raw, since) ?? []), next: marker };
  },
};

function pathTo(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query)}`;
}

function written({ html, buttons }: BotContent) {
  const row = buttons.map((button) =>
    "data" in button
      ? { type: "callback", text: button.text, payload: button.data }
      : { type: "link", text: button.text, url: button.url },
  );
  // Always sent, since otherwise MAX keeps the buttons of an edited message.
  const attachments = row.length > 0 ? [{ type: "inline_keyboard", payload: { buttons: [row] } }] : [];
  return { text: html, format: "html", attachments };
}

const MaybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const User = Type.Object({
  user_id: Type.Integer(),
  first_name: Type.String(),
  last_name: MaybeText,
  username: MaybeText,
  is_bot: Type.Optional(Type.Boolean()),
});
const Message = Type.Object({
  recipient: Type.Object({ chat_type: Type.String() }),
  body: Type.Object({ text: MaybeText }),
  sender: User,
});
const Button = Type.Object({ callback_id: Type.String(), user: User, payload: MaybeText });
const timestamp = Type.Number();
const knownUpdates = Compile(
  Type.Union([
    Type.Object({ update_type: Type.Literal("bot_started"), timestamp, user: User, payload: MaybeText }),
    Type.Object({ update_type: Type.Literal("message_created"), timestamp, message: Message }),
    Type.Object({ update_type: Type.Literal("message_callback"), timestamp, callback: Button }),
  ]),
);
const polledUpdates = Compile(
  Type.Object({
    updates: Type.Array(Type.Unknown()),
    marker: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  }),
);

function readUpdate(update: unknown, since: number): BotUpdate | null {
  if (!knownUpdates.Check(update) || update.timestamp < since) return null;
  if (update.update_type === "message_callback") {
    const { callback_id: callbackId, user, payload } = update.callback;
    const from = personOf(user.user_id, user);
    return { kind: "button", callbackId, data: readButtonData(payload ?? ""), from };
  }
  const isBegin = update.update_type === "bot_started";
  const user = isBegin ? update.user : update.message.sender;
  // The code is in a link to the bot: `https://max.ru/NAME?start=CODE`.
  const text = isBegin ? `/start ${update.payload ?? ""}` : (update.message.body.text ?? "");
  if (!isBegin && (user.is_bot || update.message.recipient.chat_type !== "dialog")) return null;
  // A dialog is addressed by its person.
  return readWritten(text, personOf(user.user_id, user), USER + user.user_id);
}
