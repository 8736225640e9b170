import Type, { type Static } from "typebox";
import type { OutgoingAnswer } from "../../../outgoing/call.ts";
import type { OutgoingFailure } from "../../../outgoing/failure.ts";
import type { Hide } from "../../../outgoing/hide-secrets.ts";
import type { HtmlRoom } from "./message-html.ts";
import type { PolledUpdates } from "./updates.ts";

export const BotServer = Type.Object({
  /** Of the Bot API: `https://host/path`. */
  baseUrl: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
  /** The trusted authorities as PEM, also for a proxy with TLS; empty = those of the system. */
  authorities: Type.Optional(Type.String({ maxLength: 32_768 })),
});
export type BotServer = Static<typeof BotServer>;

export const BotSecrets = Type.Object({
  token: Type.String({ pattern: "^[A-Za-z0-9._~+/=:-]{5,300}$" }),
  /** `http://…`, `https://…` or `socks5://…`, also with login and password; empty = none. */
  proxy: Type.String({ pattern: "^(?:(?:https?|socks5)://\\S+)?$", maxLength: 500 }),
});
export type BotSecrets = Static<typeof BotSecrets>;

/** A chat with a person, a group or a channel, and a topic of a group. */
export const BotTarget = Type.Object({
  chatId: Type.String({ minLength: 1, maxLength: 50 }),
  topicId: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
});
export type BotTarget = Static<typeof BotTarget>;

/** `path` such as `/messages`. */
export interface BotCall {
  method: "GET" | "POST" | "PUT";
  path: string;
  body?: object;
}

/** A result that is not checked yet, or a refusal. */
export type BotAnswer = { ok: true; result: unknown } | BotRefusal;

interface BotRefusal extends OutgoingFailure {
  /** The new id of a group. */
  movedTo?: string;
}

/** `chatId` as in `BotTarget`. */
export type MessagePlace = Record<"chatId" | "messageId", string>;

/** A message as the HTML of messengers, with one row of buttons. */
export interface BotContent {
  html: string;
  buttons: ({ text: string; data: string } | { text: string; url: string })[];
}

export interface BotDialect {
  name: string;
  /** Of the messenger itself. */
  serverUrl: string;
  token: RegExp;
  chatId: RegExp;
  room: HtmlRoom;
  /** The address of the chat with a bot, without its name. */
  botsUrl: string;
  /** After a message to a chat. */
  paceMs(chatId: string): number;
  /** Between the chat and the message in a reference. */
  separator: string;
  isButtonUrl(url: URL): boolean;
  signed(call: BotCall, token: string): { path: string; headers: Record<string, string> };
  /** @param hide secrets in a refusal. @returns null when it is no answer of a Bot API. */
  readAnswer(json: unknown, answer: OutgoingAnswer, hide: Hide): BotAnswer | null;
  /** The words of refusals: the message is gone, an edit changes nothing, a link may not have a button. */
  words: { isGone: RegExp; isUnchanged: RegExp | null; isLinkRefused: RegExp };

  sendMessage(target: BotTarget, content: BotContent, isSilent: boolean): BotCall;
  changeMessage(place: MessagePlace, content: BotContent): BotCall;
  /** The place of a sent message, and its receiver for people. @param chatId of the target. */
  readSent(result: unknown, chatId: string): { place: MessagePlace; answer: string } | null;
  /** Whether the result of an edit confirms it. */
  isChanged(result: unknown): boolean;
  describeBot: BotCall;
  /** @param isAlert whether it has to be closed, where the messenger can do that. */
  answerButton(callbackId: string, text: string, isAlert: boolean): BotCall;
  reply(chatId: string, text: string): BotCall;
  /** Waits for updates. @param position the `next` of the last answer; null = at the beginning. */
  pollUpdates(position: number | null, waitMs: number): BotCall;
  /** @param now ms UTC. @returns null when these are no updates. */
  readUpdates(result: unknown, position: number | null, now: number): PolledUpdates | null;
}
