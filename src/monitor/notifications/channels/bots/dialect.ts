import type { OutgoingAnswer } from "../../../outgoing/call.ts";
import type { OutgoingFailure } from "../../../outgoing/failure.ts";
import type { Hide } from "../../../outgoing/hide-secrets.ts";

/** A chat with a person, a group or a channel, and a topic of a group; empty = none. */
export type BotTarget = Record<"chatId" | "topicId", string>;

/**
 * `baseUrl` of the Bot API: `https://host/path`; `authorities`: the trusted ones as PEM, also for a proxy with TLS, empty =
 * those of the system; `proxy`: `http://…`, `https://…` or `socks5://…`, empty = none.
 */
export type BotSettings = BotTarget & Record<"baseUrl" | "authorities" | "proxy" | "proxyLogin", string>;

export type BotSecrets = Record<"token" | "proxyPassword", string>;

/** `path` such as `/messages`. */
export interface BotCall {
  method: "GET" | "POST" | "PUT";
  path: string;
  body?: object;
}

/** A result that is not checked yet, or a refusal; `movedTo`: the new id of a group. */
export type BotAnswer = { ok: true; result: unknown } | (OutgoingFailure & { movedTo?: string });

/** A message as the HTML of messengers, with one row of buttons. */
export interface BotContent {
  html: string;
  buttons: ({ text: string; data: string } | { text: string; url: string })[];
}

export type MessagePlace = Record<"chatId" | "messageId", string>;

/** The part of a messenger's Bot API that is its own. */
export interface BotDialect {
  name: string;
  /** Of the messenger itself. */
  serverUrl: string;
  token: RegExp;
  chatId: RegExp;
  /** The address of the chat with a bot, without its name. */
  botsUrl: string;
  /** The pause after a message. */
  paceMs: number;
  signed(call: BotCall, token: string): { path: string; headers: Record<string, string> };
  /** @param hide secrets in a refusal. @returns null when it is no answer of a Bot API. */
  readAnswer(json: unknown, answer: OutgoingAnswer, hide: Hide): BotAnswer | null;
  sendMessage(target: BotTarget, content: BotContent, isSilent: boolean): BotCall;
  changeMessage(place: MessagePlace, content: BotContent): BotCall;
  /** @param chatId of the target. */
  readSent(result: unknown, chatId: string): MessagePlace | null;
  describeBot: BotCall;
  /** @param isAlert whether it has to be closed, where the messenger can do that. */
  answerButton(callbackId: string, text: string, isAlert: boolean): BotCall;
  /** Waits for updates. @param position the `next` of the last answer; null = at the beginning. */
  pollUpdates(position: number | null, waitMs: number): BotCall;
  /** @param since ms UTC; older updates are left out where the messenger repeats them. @returns null when these are no updates. */
  readUpdates(result: unknown, since: number): PolledUpdates | null;
}

/** `next` is the position that acknowledges them; null = the messenger gave none. */
export interface PolledUpdates {
  updates: BotUpdate[];
  next: number | null;
}

interface ButtonData {
  action: "take" | "release";
  incidentId: number;
}

/** `username` without `@`. */
export interface BotPerson {
  id: string;
  name: string;
  username: string | null;
}

/** `data` is null when it is not Poswatch's. A code (`start`) or a text comes from a private chat. */
export type BotUpdate =
  | { kind: "button"; callbackId: string; data: ButtonData | null; from: BotPerson }
  | { kind: "start"; code: string; from: BotPerson; chatId: string }
  | { kind: "text"; text: string; from: BotPerson; chatId: string };

export function personOf(
  id: number,
  user: { first_name: string; last_name?: string | null; username?: string | null },
): BotPerson {
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ");
  return { id: String(id), name, username: user.username || null };
}

/** `/start CODE` is a code. */
export function readWritten(text: string, from: BotPerson, chatId: string): BotUpdate {
  const [, code] = /^\/start\s+(\S{1,64})\s*$/.exec(text) ?? [];
  return code === undefined ? { kind: "text", text, from, chatId } : { kind: "start", code, from, chatId };
}

/** At most 64 bytes, such as `take:12`. */
export function buttonData({ action, incidentId }: ButtonData): string {
  return `${action}:${incidentId}`;
}

/** Reads a text of `buttonData`; null when it is something else. */
export function readButtonData(text: string): ButtonData | null {
  const [, action, id] = /^(take|release):([1-9]\d{0,14})$/.exec(text) ?? [];
  if (action !== "take" && action !== "release") return null;
  return { action, incidentId: Number(id) };
}
