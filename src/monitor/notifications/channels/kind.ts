import type { Static, TSchema } from "typebox";
import Value from "typebox/value";
import type { OutgoingFailure } from "../../outgoing/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { KindForm } from "./form.ts";
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

type Words = Pick<Viewer, "t">;

/** Labelled `channels.fact.<label>`. */
export interface ChannelFact {
  label: "server" | "login" | "from";
  text: string;
}

export interface Connection<Server, Target, Secrets> {
  server: Server;
  target: Target;
  secrets: Secrets;
}

interface Kind<Server, Target, Secrets> {
  createSend(connection: Connection<Server, Target, Secrets>): Send;
  /** The pause after a message to a target; left out = none. */
  paceMs?(target: Target): number;
  form: KindForm<Server & Target, Secrets>;
  /** Names the receiver. @param isOwn whether it is one person's, by the server of another channel. */
  reach(words: Words, target: Target, isOwn: boolean): string;
  reachInFull?(target: Target): string;
  facts(words: Words, server: Server): ChannelFact[];
}

/** A kind with any settings; it only gets what its own schemas have read. */
export type AnyKind = Kind<object, object, object> & {
  schemas: Record<"server" | "target" | "secrets", TSchema>;
};

export function defineKind<Server extends TSchema, Target extends TSchema, Secrets extends TSchema>(
  schemas: { server: Server; target: Target; secrets: Secrets },
  kind: Kind<Static<Server>, Static<Target>, Static<Secrets>>,
): AnyKind {
  return { schemas, ...kind } as unknown as AnyKind;
}

/** Reads the stored fields of a schema; settings hold those of server and target. @throws when they do not fit. */
export function readStored<Schema extends TSchema>(schema: Schema, stored: unknown): Static<Schema> {
  const cleaned = Value.Clean(schema, structuredClone(stored));
  if (Value.Check(schema, cleaned)) return cleaned;
  const [problem] = Value.Errors(schema, cleaned);
  throw new Error(`The settings of a channel in the database cannot be read: ${problem?.message}`);
}
