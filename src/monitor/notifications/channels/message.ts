import type { Language } from "../../viewer/language.ts";

/** What a message is told for. `summary`: of many at once; `channel`: another channel fails; `channel_works`: it works again; `test`: of the test button. */
export type NotificationKind =
  | "opened"
  | "changed"
  | "reopened"
  | "escalated"
  | "repeated"
  | "closed"
  | "summary"
  | "channel"
  | "channel_works"
  | "test";

/** What a message looks like at first glance: it fails, it is over, or neither. */
export type MessageSign = "failing" | "over" | "calm";

/** A link that a message offers. */
export interface MessageLink {
  text: string;
  url: string;
}

/** What a message says, in the words of its receiver; plain text, which every channel escapes as it has to. */
export interface MessageText {
  sign: MessageSign;
  title: string;
  /** In their order, each one or more sentences. */
  paragraphs: readonly string[];
  /** How many POS servers of which organization. */
  list: readonly { name: string; count: string }[];
  /** In grey below all else. */
  footer: string | null;
  /** «Открыть»; null = the address of Poswatch is not known. */
  open: MessageLink | null;
  /** Of what can be taken care of: «Занимаюсь», or «Снять с себя» for whoever does; `url` is null where no address is known. */
  acknowledgement: { text: string; action: "take" | "release"; url: string | null } | null;
}

/** The facts of an incident, for programs. Times are ISO 8601 in UTC. */
export interface IncidentFacts {
  id: number;
  kind: "single" | "common";
  status: "failing" | "paused" | "quiet" | "over";
  state: string;
  cause: string | null;
  openedAt: string;
  closedAt: string | null;
  endedBy: string | null;
  failing: number;
  members: number;
  organizations: readonly { name: string; crmId: string; failing: number; members: number }[];
  posServer: { id: number | null; name: string; organization: string; crmId: string } | null;
  takenBy: { name: string; until: string } | null;
}

/** One message on its way. */
export interface OutgoingMessage {
  /** A UUID, the same at every try. */
  key: string;
  kind: NotificationKind;
  /** Of the same incident: what belongs to one conversation has the same. */
  thread: string;
  /** Where the message to be changed is, as the channel said when it was sent; null = a new one. */
  reference: string | null;
  /** Whether nobody's telephone is to ring. */
  isSilent: boolean;
  language: Language;
  /** When it was made, ms UTC. */
  at: number;
  text: MessageText;
  /** null = it is about no incident. */
  incident: IncidentFacts | null;
}
