import Type, { type Static } from "typebox";
import type { OutgoingAnswer } from "../../../outgoing/call.ts";
import type { OutgoingFailure } from "../../../outgoing/failure.ts";
import type { Hide } from "../../../outgoing/hide-secrets.ts";
import type { HtmlRoom } from "./message-html.ts";
import type { PolledUpdates } from "./updates.ts";

/** Where bots are served. */
export const BotServer = Type.Object({
  /** Where the Bot API is: `https://host/path`. */
  baseUrl: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
  /** The authorities that vouch for it, and for a proxy with TLS, as PEM; empty = those of the system. */
  authorities: Type.Optional(Type.String({ maxLength: 32_768 })),
});
export type BotServer = Static<typeof BotServer>;

/** What nobody is shown again. */
export const BotSecrets = Type.Object({
  token: Type.String({ pattern: "^[A-Za-z0-9._~+/=:-]{5,300}$" }),
  /** `http://…`, `https://…` or `socks5://…`, with login and password if it wants them; empty = none. */
  proxy: Type.String({ pattern: "^(?:(?:https?|socks5)://\\S+)?$", maxLength: 500 }),
});
export type BotSecrets = Static<typeof BotSecrets>;

/** A person, a group or a channel, and a topic of a group. */
export const BotTarget = Type.Object({
  chatId: Type.String({ minLength: 1, maxLength: 50 }),
  topicId: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
});
export type BotTarget = Static<typeof BotTarget>;

/** What is asked of a Bot API. */
export interface BotCall {
  method: "GET" | "POST" | "PUT";
  /** `/messages` */
  path: string;
  body?: object;
}

/** A result that has yet to be checked, or a refusal. */
export type BotAnswer = { ok: true; result: unknown } | BotRefusal;

export interface BotRefusal extends OutgoingFailure {
  /** Where the group is now, which is no longer where it was asked for. */
  movedTo?: string;
}

/** Where a message is, in a chat as the target of a channel has it. */
export type MessagePlace = Record<"chatId" | "messageId", string>;

/** What a message says, as the HTML of messengers, and its one row of buttons. */
export interface BotContent {
  html: string;
  buttons: ({ text: string; data: string } | { text: string; url: string })[];
}

/** How a messenger wants to be spoken to. */
export interface BotDialect {
  name: string;
  /** Where its bots are served unless somebody has a server of their own. */
  serverUrl: string;
  /** What its tokens and its chats look like. */
  token: RegExp;
  chatId: RegExp;
  room: HtmlRoom;
  /** Before the name of a bot where one writes to it. */
  botsUrl: string;
  /** How long a chat has to be left alone after a message, ms. */
  paceMs(chatId: string): number;
  /** Between the chat and the message in a reference. */
  separator: string;
  /** Whether it takes a button for a URL. */
  isButtonUrl(url: URL): boolean;
  /** Adds to a call who asks. */
  signed(call: BotCall, token: string): { path: string; headers: Record<string, string> };
  /** @param said its JSON. @param hide for what a refusal says. @returns null when it is no answer of a Bot API. */
  readAnswer(said: unknown, answer: OutgoingAnswer, hide: Hide): BotAnswer | null;
  /** What it says of a message that is gone, that is not changed by a change, and of a link for which it takes no button. */
  words: { isGone: RegExp; isUnchanged: RegExp | null; isLinkRefused: RegExp };

  sendMessage(target: BotTarget, content: BotContent, isSilent: boolean): BotCall;
  changeMessage(place: MessagePlace, content: BotContent): BotCall;
  /** Reads where a message is, and in short who has it; null = it is not said. @param chatId for which it was. */
  readSent(result: unknown, chatId: string): { place: MessagePlace; answer: string } | null;
  /** Whether the result of a change says that it is done. */
  isChanged(result: unknown): boolean;
  describeBot: BotCall;
  /** @param isAlert whether it has to be closed by hand, where the messenger can do that. */
  answerButton(callbackId: string, text: string, isAlert: boolean): BotCall;
  reply(chatId: string, text: string): BotCall;
  /** Waits for what people do. @param position where the last answer ended; null = from wherever the messenger begins. */
  pollUpdates(position: number | null, waitMs: number): BotCall;
  /** @param now ms UTC. @returns null when these are no updates. */
  readUpdates(result: unknown, position: number | null, now: number): PolledUpdates | null;
}
