import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { KindForm } from "./form.ts";
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

type Words = Pick<Viewer, "t">;

/** A line of what a channel is: its label is `channels.fact.<label>`. */
export interface ChannelFact {
  label: "server" | "login" | "from";
  text: string;
}

/** A kind of channels: by what server, to whom and with which secrets it sends, and how that is asked for and said. */
export interface Kind<Server, Target, Secrets> {
  createSend(
    connection: { server: Server; target: Target; secrets: Secrets },
    isPushService: (endpoint: URL) => boolean,
  ): Send;
  /** How long whom it reaches has to be left alone after a message, ms; none = it takes as many as there are. */
  paceMs?(target: Target): number;
  /** null = nobody fills it in. */
  form: KindForm<Server & Target, Secrets> | null;
  /** Names whom it reaches. @param isOwn whether it is one person's, by the server of another channel. */
  reach(words: Words, target: Target, isOwn: boolean): string;
  /** The same in full. */
  reachInFull?(target: Target): string;
  facts(words: Words, server: Server): ChannelFact[];
}

/** A kind whatever its settings are; it is given only what its own schemas have read. */
export type AnyKind = Kind<object, object, object> & {
  schemas: Record<"server" | "target" | "secrets", TSchema>;
};

/** Puts a kind together, with what its settings look like where they are stored. */
export function defineKind<Server extends TSchema, Target extends TSchema, Secrets extends TSchema>(
  schemas: { server: Server; target: Target; secrets: Secrets },
  kind: Kind<Static<Server>, Static<Target>, Static<Secrets>>,
): AnyKind {
  return { schemas, ...kind } as unknown as AnyKind;
}

/**
 * Reads something stored by its schema; settings hold the server and the target side by side: each takes what is its own.
 * @throws Error when it is nothing of the kind.
 */
export function readStored<Schema extends TSchema>(schema: Schema, stored: unknown): Static<Schema> {
  const cleaned = Value.Clean(schema, structuredClone(stored));
  if (Value.Check(schema, cleaned)) return cleaned;
  const [problem] = Value.Errors(schema, cleaned);
  throw new Error(`The settings of a channel in the database cannot be read: ${problem?.message}`);
}
