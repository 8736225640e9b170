import { isIP } from "node:net";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { SECOND_MS } from "../../../../protocol/time-units.ts";
import { isPublicName } from "../../../outgoing/allowed-address.ts";
import { classOfStatus, type FailureClass, failed } from "../../../outgoing/failure.ts";
import { cutAtWord } from "../plain-text.ts";
import type { BotContent, BotDialect } from "./dialect.ts";
import { type BotUpdate, personOf, readButtonData, readWritten } from "./updates.ts";

/** Of a text with its tags and escapes. */
const MAX_LENGTH = 4000;
const MAX_BUTTON_ANSWER_LENGTH = 200;
const MAX_URL_LENGTH = 2048;
/** Few, so that even with long texts the answer stays below its limit. */
const MAX_UPDATES = 20;
/** Nobody waits for the answer to an older update. */
const MAX_AGE_MS = 10 * 60_000;
/** Prefix of a person's id, which is not the id of the dialog with them. */
const USER = "user:";
/** In a link to the bot: `https://max.ru/NAME?start=CODE`. */
const CODE = /^\S{1,64}$/;

/** More precise than statuses: a wrong token is refused with 401, formerly with 403. */
const BY_CODE: readonly (readonly [code: RegExp, failure: FailureClass])[] = [
  [/^verify\.token$/, "credentials"],
  [/^too\.many\.requests$/, "wait"],
  [/^(?:chat|dialog|user)\./, "recipient"],
  [/^(?:service\.unavailable|internal(?:\.\w+)*)$/, "temporary"],
];

const MaybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** A refusal has a code, or since November 2026 `success: false` with status 200; before, only a message. */
const refusals = Compile(
  Type.Object({
    success: Type.Optional(Type.Boolean()),
    code: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
  }),
);
const objects = Compile(Type.Object({}));
const successes = Compile(Type.Object({ success: Type.Literal(true) }));
const sentMessages = Compile(
  Type.Object({
    message: Type.Object({
      body: Type.Object({ mid: Type.String({ pattern: "^[\\w.-]{1,200}$" }) }),
      sender: Type.Optional(Type.Union([Type.Object({ username: MaybeText }), Type.Null()])),
    }),
  }),
);

/** Answers to buttons disappear by themselves, also alerts. */
export const max: BotDialect = {
  name: "MAX",
  // The earlier address without `2` ended on 19 July 2026.
  serverUrl: "https://platform-api2.max.ru",
  token: /^[A-Za-z0-9._~+/=:-]{5,300}$/,
  chatId: /^(-?\d{1,20}|user:\d{1,20})$/,
  room: { maxLength: MAX_LENGTH, lengthOf: (html) => html.length },
  botsUrl: "https://max.ru/",
  // It accepts two messages a second.
  paceMs: () => 1_000,
  separator: "/",
  isButtonUrl({ hostname, href }) {
    const isAddress = isIP(hostname) !== 0 || hostname.startsWith("[");
    return href.length <= MAX_URL_LENGTH && (isAddress || isPublicName(hostname));
  },
  signed: ({ path }, token) => ({ path, headers: { authorization: token } }),
  readAnswer(json, { status, retryAfterMs }, hide) {
    const isRefusal = refusals.Check(json) && (json.success === false || (status !== 200 && "code" in json));
    if (!isRefusal) return status === 200 && objects.Check(json) ? { ok: true, result: json } : null;
    const { code = "", message = "" } = json;
    const words = [code, message].filter((part) => part !== "").join(": ") || `HTTP ${status}`;
    return failed(classOf(status, code), hide(words), retryAfterMs);
  },
  words: {
    isGone:
      /^message\.(?:not\.found|deleted)|message (?:was |is )?(?:not found|deleted)|can(?:no|')t (?:be )?edit|too old/i,
    isUnchanged: null,
    isLinkRefused: /links format in buttons/i,
  },

  sendMessage: ({ chatId }, content, isSilent) => ({
    method: "POST",
    path: pathTo("/messages", { ...addressOf(chatId), disable_link_preview: "true" }),
    body: { ...written(content), notify: !isSilent },
  }),
  changeMessage: ({ messageId }, content) => ({
    method: "PUT",
    path: pathTo("/messages", { message_id: messageId }),
    body: { ...written(content), notify: false },
  }),
  readSent(result, chatId) {
    if (!sentMessages.Check(result)) return null;
    // The answer does not name the chat.
    const username = result.message.sender?.username;
    return {
      place: { chatId, messageId: result.message.body.mid },
      answer: username ? `${chatId} · @${username}` : chatId,
    };
  },
  isChanged: (result) => successes.Check(result),
  describeBot: { method: "GET", path: "/me" },
  answerButton: (callbackId, text) => ({
    method: "POST",
    path: pathTo("/answers", { callback_id: callbackId }),
    body: { notification: cutAtWord(text, MAX_BUTTON_ANSWER_LENGTH) },
  }),
  reply: (chatId, text) => ({
    method: "POST",
    path: pathTo("/messages", { ...addressOf(chatId), disable_link_preview: "true" }),
    body: { text: cutAtWord(text, MAX_LENGTH), attachments: [], notify: true },
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
  readUpdates(result, position, now) {
    if (!polledUpdates.Check(result)) return null;
    const { marker = null } = result;
    // A repeated answer has nothing new.
    if (marker !== null && marker === position) return { updates: [], next: marker };
    // The first answer may have old updates.
    const since = position === null ? now - MAX_AGE_MS : 0;
    const fresh = result.updates.filter((raw) => (stamped.Check(raw) ? raw.timestamp : 0) >= since);
    return { updates: fresh.flatMap((raw) => readUpdate(raw) ?? []), next: marker };
  },
};

function classOf(status: number, code: string): FailureClass {
  const known = BY_CODE.find(([codes]) => codes.test(code))?.[1];
  return known ?? (status === 403 ? "recipient" : classOfStatus(status, false));
}

function pathTo(path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query)}`;
}

function addressOf(chatId: string): Record<string, string> {
  return chatId.startsWith(USER) ? { user_id: chatId.slice(USER.length) } : { chat_id: chatId };
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
  body: Type.Object({ text: MaybeText }),
});
type Message = Static<typeof Message>;
const knownUpdates = Compile(
  Type.Union([
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
  ]),
);
const polledUpdates = Compile(
  Type.Object({
    updates: Type.Array(Type.Unknown()),
    marker: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  }),
);
const stamped = Compile(Type.Object({ timestamp: Type.Number() }));

function readUpdate(update: unknown): BotUpdate | null {
  if (!knownUpdates.Check(update)) return null;
  if (update.update_type === "bot_started") {
    const { user, payload } = update;
    const [from, chatId, code] = [personOf(user.user_id, user), USER + user.user_id, payload ?? ""];
    // A dialog without a code begins without a text.
    return CODE.test(code)
      ? { kind: "start", code, from, chatId, isPrivate: true }
      : { kind: "text", text: "", from, chatId };
  }
  if (update.update_type === "message_created") {
    const { message } = update;
    if (message.sender.is_bot) return null;
    const from = personOf(message.sender.user_id, message.sender);
    return readWritten(message.body.text ?? "", from, chatIdOf(message, message.sender), isDialog(message));
  }
  const { callback, message } = update;
  return {
    kind: "button",
    callbackId: callback.callback_id,
    data: readButtonData(callback.payload ?? ""),
    from: personOf(callback.user.user_id, callback.user),
    chatId: chatIdOf(message, callback.user),
  };
}

/** A dialog is addressed by its person. */
function chatIdOf(message: Message, user: User): string {
  const { chat_id } = message.recipient;
  return isDialog(message) || chat_id === null ? USER + user.user_id : String(chat_id);
}

function isDialog({ recipient }: Message): boolean {
  return recipient.chat_type === "dialog";
}
