import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { OutgoingMessage } from "./message.ts";

/** The ways out. Their order is that of the page. */
export const CHANNEL_KINDS = ["email", "telegram", "max", "webhook", "push"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** How handing a message over ended. */
export type SendOutcome =
  | {
      ok: true;
      /** Where the message is now, for changing it in place; null = it cannot be changed. */
      reference: string | null;
      /** What the other side said, one short line. */
      answer: string;
    }
  | OutgoingFailure;

/** A channel: a function from message to outcome, which never rejects but when the signal ends it. */
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
