import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { FormField, Typed } from "./form.ts";
import type { OutgoingMessage } from "./message.ts";

/** In the order of the page. */
export const CHANNEL_KINDS = ["email", "telegram", "max", "webhook"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** `reference`: identifies the message for edits; null = it cannot be edited. `answer`: of the other side, one short line. */
export type SendOutcome = { ok: true; reference: string | null; answer: string } | OutgoingFailure;

/** Rejects only when the signal ends it. */
export type Send = (message: OutgoingMessage, signal: AbortSignal) => Promise<SendOutcome>;

/** The kinds that have bots. */
export const MESSENGERS = ["telegram", "max"] as const;
export type Messenger = (typeof MESSENGERS)[number];

/** Whether a bot sends the channel's messages, edits them, and answers their buttons. */
export function isMessenger(kind: ChannelKind): kind is Messenger {
  return MESSENGERS.some((messenger) => messenger === kind);
}

/** Whether changes of an incident are sent: they disturb nobody there. */
export function takesChanges(kind: ChannelKind): boolean {
  return kind === "webhook" || isMessenger(kind);
}

/** Labelled `channels.fact.<label>`. */
export interface ChannelFact {
  label: "server" | "login" | "from";
  text: string;
}

type Words = Pick<Viewer, "t">;

/** Settings and secrets are the checked values of its fields. */
export interface Kind<Settings = Typed, Secrets = Typed> {
  fields: readonly FormField[];
  defaults?: Typed;
  /** The rest of the key `channels.more.…` for the rare fields. */
  rareSummary?: string;
  createSend(settings: Settings, secrets: Secrets): Send;
  /** The pause after a message; left out = none. */
  paceMs?: number;
  /** Names the receiver. @param isOwn whether it is one person's, by the server of another channel. */
  reach(words: Words, settings: Settings, isOwn: boolean): string;
  /** About its server. */
  facts(words: Words, settings: Settings): ChannelFact[];
}
