import type { OutgoingMessage } from "./message.ts";

/** The ways out. Their order is that of the page. */
export const CHANNEL_KINDS = ["email", "telegram", "max", "webhook", "push"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/**
 * Why a message could not be handed over: the host is not found, refuses or does not answer; its address may not be called; TLS fails, or
 * its certificate is not trusted; login or token are wrong; whom it is for is not there, or wants none; it is refused as it is; too many
 * were sent; the other side is broken, or says what cannot be read.
 */
export const CHANNEL_FAILURES = [
  "dns",
  "address_refused",
  "connect_refused",
  "connect_timeout",
  "tls",
  "certificate",
  "proxy",
  "unauthorized",
  "recipient",
  "refused",
  "rate_limited",
  "response_timeout",
  "server_error",
  "invalid_answer",
] as const;
export type ChannelFailure = (typeof CHANNEL_FAILURES)[number];

/** How handing a message over ended. */
export type SendOutcome =
  | {
      ok: true;
      /** Where the message is now, for changing it in place; null = it cannot be changed. */
      reference: string | null;
      /** What the other side said, one short line. */
      answer: string;
    }
  | {
      ok: false;
      failure: ChannelFailure;
      /** One short line of English, without secrets: what the other side or the system said. */
      detail: string;
      /** How long the other side wants to be left alone; null = it did not say. */
      retryAfterMs: number | null;
      /** Whether it lies in this message alone, so that others may well be taken: then it is not tried again. */
      isOfMessage: boolean;
    };

/** A channel: a function from message to named outcome, which never rejects but when the signal ends it. */
export type Send = (message: OutgoingMessage, signal: AbortSignal) => Promise<SendOutcome>;

/** Those that have bots. */
export const MESSENGERS = ["telegram", "max"] as const;
export type Messenger = (typeof MESSENGERS)[number];

/** Whether a bot sends the messages of such a channel, changes them in place, and hears of what is pressed below them. */
export function isMessenger(kind: ChannelKind): kind is Messenger {
  return MESSENGERS.some((messenger) => messenger === kind);
}

/** Whether such a channel is told of changes, since they bother nobody. */
export function takesChanges(kind: ChannelKind): boolean {
  return kind === "webhook" || isMessenger(kind);
}
