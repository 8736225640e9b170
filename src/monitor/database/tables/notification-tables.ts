import type { Generated } from "kysely";
import type { ChannelKind } from "../../notifications/channels/kind.ts";
import type { NotificationKind } from "../../notifications/channels/message.ts";
import type { Said } from "../../notifications/rules/next-notification.ts";
import type { FailureClass } from "../../outgoing/failure.ts";
import type { Language } from "../../viewer/language.ts";

export interface ChannelTable {
  id: Generated<number>;
  kind: ChannelKind;
  name: string;
  /** null = of all. */
  userId: number | null;
  /** The channel of all whose server a personal one uses; null = it has its own. */
  viaId: number | null;
  /** JSON: server and receivers; only the receiver for a personal one with `viaId`. */
  settings: string;
  /** Sealed JSON, never shown again. */
  secrets: Uint8Array | null;
  language: Language;
  timeZone: string;
  isEnabled: Generated<number>;
  /** Whether its messages have lines of logs: they leave the company. */
  sendsLogLines: Generated<number>;
  createdAt: number;
  /** In a row. */
  failedTries: Generated<number>;
  /** null = at once. */
  retryAt: number | null;
  /** When the first of these tries was. */
  failedSince: number | null;
  /** Since when it is shown as failing; null = it is not. */
  failingSince: number | null;
  failureCode: FailureClass | null;
  failureDetail: string | null;
  deliveredAt: number | null;
}

export interface NotificationRuleTable {
  id: Generated<number>;
  channelId: number;
  /** JSON: `RuleTerms`. */
  terms: string;
  createdAt: number;
}

/** The notification of an incident in a channel: one message, which is edited. */
export interface MessageTable {
  id: Generated<number>;
  channelId: number;
  incidentId: number;
  ruleId: number | null;
  /** What it says, or will say once that is delivered. */
  says: Said;
  /** When the failure was last notified as new. */
  notifiedAt: number;
  /** When somebody was last notified or reminded of it. */
  alertedAt: number;
  escalatedAt: number | null;
  /** What was delivered; null = nothing yet. */
  said: Said | null;
  saidDigest: string | null;
  saidAt: number | null;
  /** Identifies it in the channel, for edits. */
  reference: string | null;
}

export interface DeliveryTable {
  id: Generated<number>;
  channelId: number;
  /** null = it is not about an incident. */
  messageId: number | null;
  /** The failing channel that it is about. */
  aboutChannelId: number | null;
  kind: Exclude<NotificationKind, "test">;
  /** JSON of a report's `MessageText`; null = it is written when it is sent. */
  text: string | null;
  /** A UUID by which the other side recognizes repetitions. */
  key: string;
  queuedAt: number;
  dueAt: number;
  attempts: Generated<number>;
  /** The run of the monitor that sends it. */
  claimedBy: string | null;
  finishedAt: number | null;
  /** `unchanged`: nothing new to say; `superseded`: said with something else. */
  outcome: "sent" | "unchanged" | "superseded" | "refused" | "given_up" | null;
  triedAt: number | null;
  failureCode: FailureClass | null;
  failureDetail: string | null;
}

export interface MessengerAccountTable {
  userId: number;
  channelId: number;
  accountId: string;
  name: string;
  linkedAt: number;
}

export interface MessengerCodeTable {
  userId: number;
  channelId: number;
  /** SHA-256. */
  codeHash: Uint8Array;
  expiresAt: number;
}

/** Incidents of which something may have to be notified at `dueAt`, written by `queueIncidentChanges`. */
export interface IncidentChangeTable {
  incidentId: number;
  dueAt: number;
}
