import type { Generated } from "kysely";
import type { ChannelKind } from "../../notifications/channels/kind.ts";
import type { NotificationKind } from "../../notifications/channels/message.ts";
import type { Said } from "../../notifications/rules/next-notification.ts";
import type { FailureClass } from "../../outgoing/failure.ts";
import type { Language } from "../../viewer/language.ts";

/** A way out: of all, or of one person. */
export interface ChannelTable {
  id: Generated<number>;
  kind: ChannelKind;
  name: string;
  /** Whose it is; null = of all. */
  userId: number | null;
  /** The channel of all whose server a personal one uses; null = it has its own. */
  viaId: number | null;
  /** JSON: what it is told by, and whom; of a personal one only whom. */
  settings: string;
  /** Sealed JSON: what nobody is shown again. */
  secrets: Uint8Array | null;
  /** Of its receivers. */
  language: Language;
  timeZone: string;
  isEnabled: Generated<number>;
  createdAt: number;
  /** In a row, without anything that got through. */
  failedTries: Generated<number>;
  /** Nothing is tried before; null = at once. */
  retryAt: number | null;
  /** When the first of these tries was. */
  failedSince: number | null;
  /** Since when it is called failing; null = it is not. */
  failingSince: number | null;
  failureCode: FailureClass | null;
  failureDetail: string | null;
  /** When something got through last. */
  deliveredAt: number | null;
}

/** Of what a channel is told, and when. */
export interface NotificationRuleTable {
  id: Generated<number>;
  channelId: number;
  /** JSON: `RuleTerms`. */
  terms: string;
  createdAt: number;
}

/** What a channel is told of an incident: one message, which changes. */
export interface MessageTable {
  id: Generated<number>;
  channelId: number;
  incidentId: number;
  /** What led to it; it says how much of the incident is told. */
  ruleId: number | null;
  /** What it says, or will as soon as that gets through. */
  says: Said;
  /** When that it fails was told last for the first time, and when somebody was reminded of it last. */
  notifiedAt: number;
  alertedAt: number;
  /** When it was told to the channel of its escalation. */
  escalatedAt: number | null;
  /** What has got through; null = nothing yet. */
  said: Said | null;
  saidDigest: string | null;
  saidAt: number | null;
  /** Where it is, for changing it. */
  reference: string | null;
}

/** The outbox. */
export interface DeliveryTable {
  id: Generated<number>;
  channelId: number;
  /** null = it is about no incident. */
  messageId: number | null;
  /** The channel that it is about. */
  aboutChannelId: number | null;
  kind: Exclude<NotificationKind, "test">;
  /** A UUID, by which the other side can know it again. */
  key: string;
  queuedAt: number;
  /** Not before. */
  dueAt: number;
  attempts: Generated<number>;
  /** The run of the monitor that sends it; one that has ended does so no more. */
  claimedBy: string | null;
  finishedAt: number | null;
  /** `unchanged`: there was nothing new to say; `superseded`: it was said with something else. */
  outcome: "sent" | "unchanged" | "superseded" | "refused" | "given_up" | null;
  /** When it was tried last. */
  triedAt: number | null;
  /** Of the last try. */
  failureCode: FailureClass | null;
  failureDetail: string | null;
}

/** Whose account of Telegram it is, as seen by the bot of a channel. */
export interface MessengerAccountTable {
  userId: number;
  channelId: number;
  accountId: string;
  name: string;
  linkedAt: number;
}

/** A code by which a person says who they are in Telegram. */
export interface MessengerCodeTable {
  userId: number;
  channelId: number;
  /** SHA-256. */
  codeHash: Uint8Array;
  expiresAt: number;
}

/** The keys by which browsers are told: one pair, for all of them. */
export interface PushKeyTable {
  id: number;
  /** Base64url, as browsers are told it. */
  publicKey: string;
  /** Sealed. */
  privateKey: Uint8Array;
  createdAt: number;
}

/** Kept by `queueIncidentChanges`: incidents of which something may have to be told at that time (ms UTC). */
export interface IncidentChangeTable {
  incidentId: number;
  dueAt: number;
}
