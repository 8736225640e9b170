import type { Language } from "../../viewer/language.ts";

/** `summary`: many incidents; `channel`: another channel fails; `channel_works`: it works again; `report`: a weekly report; `test`: the test button. */
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
  | "report"
  | "test";

export type MessageSign = "failing" | "over" | "calm";

export interface MessageLink {
  text: string;
  url: string;
}

/** In the language of its receiver; plain text, which each channel escapes. */
export interface MessageText {
  sign: MessageSign;
  title: string;
  paragraphs: readonly string[];
  /** The number of POS servers by organization. */
  list: readonly { name: string; count: string }[];
  /** In grey at the end. */
  footer: string | null;
  /** «Открыть»; null = the address of Poswatch is unknown. */
  open: MessageLink | null;
  /** «Занимаюсь», or «Снять с себя»; `url` is null when the address is unknown. */
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

export interface OutgoingMessage {
  /** A UUID, the same at every try. */
  key: string;
  kind: NotificationKind;
  /** The same for all messages of one conversation. */
  thread: string;
  /** Of the message to be edited, from its `SendOutcome`; null = a new message. */
  reference: string | null;
  isSilent: boolean;
  language: Language;
  /** ms UTC. */
  at: number;
  text: MessageText;
  /** null = it is about no incident. */
  incident: IncidentFacts | null;
}
