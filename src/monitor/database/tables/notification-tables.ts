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
  user_id: number | null;
  /** The channel of all whose server a personal one uses; null = it has its own. */
  via_id: number | null;
  /** JSON: what it is told by, and whom; of a personal one only whom. */
  settings: string;
  /** Sealed JSON: what nobody is shown again. */
  secrets: Uint8Array | null;
  /** Of its receivers. */
  language: Language;
  time_zone: string;
  is_enabled: Generated<number>;
  created_at: number;
  /** In a row, without anything that got through. */
  failed_tries: Generated<number>;
  /** Nothing is tried before; null = at once. */
  retry_at: number | null;
  /** When the first of these tries was. */
  failed_since: number | null;
  /** Since when it is called failing; null = it is not. */
  failing_since: number | null;
  failure_code: FailureClass | null;
  failure_detail: string | null;
  /** When something got through last. */
  delivered_at: number | null;
}

/** Of what a channel is told, and when. */
export interface NotificationRuleTable {
  id: Generated<number>;
  channel_id: number;
  /** JSON: `RuleTerms`. */
  terms: string;
  created_at: number;
}

/** What a channel is told of an incident: one message, which changes. */
export interface MessageTable {
  id: Generated<number>;
  channel_id: number;
  incident_id: number;
  /** What led to it; it says how much of the incident is told. */
  rule_id: number | null;
  /** What it says, or will as soon as that gets through. */
  says: Said;
  /** When that it fails was told last for the first time, and when somebody was reminded of it last. */
  told_at: number;
  alerted_at: number;
  /** When it was told to the channel of its escalation. */
  escalated_at: number | null;
  /** What has got through; null = nothing yet. */
  said: Said | null;
  said_digest: string | null;
  said_at: number | null;
  /** Where it is, for changing it. */
  reference: string | null;
}

/** The outbox. */
export interface DeliveryTable {
  id: Generated<number>;
  channel_id: number;
  /** null = it is about no incident. */
  message_id: number | null;
  /** The channel that it is about. */
  about_channel_id: number | null;
  kind: Exclude<NotificationKind, "test">;
  /** A UUID, by which the other side can know it again. */
  key: string;
  queued_at: number;
  /** Not before. */
  due_at: number;
  attempts: Generated<number>;
  /** The run of the monitor that sends it; one that has ended does so no more. */
  claimed_by: string | null;
  finished_at: number | null;
  /** `unchanged`: there was nothing new to say; `superseded`: it was said with something else. */
  outcome: "sent" | "unchanged" | "superseded" | "refused" | "given_up" | null;
  /** When it was tried last. */
  tried_at: number | null;
  /** Of the last try. */
  failure_code: FailureClass | null;
  failure_detail: string | null;
}

/** Whose account of Telegram it is, as seen by the bot of a channel. */
export interface MessengerAccountTable {
  user_id: number;
  channel_id: number;
  account_id: string;
  name: string;
  linked_at: number;
}

/** A code by which a person says who they are in Telegram. */
export interface MessengerCodeTable {
  user_id: number;
  channel_id: number;
  /** SHA-256. */
  code_hash: Uint8Array;
  expires_at: number;
}

/** The keys by which browsers are told: one pair, for all of them. */
export interface PushKeyTable {
  id: number;
  /** Base64url, as browsers are told it. */
  public_key: string;
  /** Sealed. */
  private_key: Uint8Array;
  created_at: number;
}

/** Kept by `queueIncidentChanges`: incidents of which something may have to be told at that time (ms UTC). */
export interface IncidentChangeTable {
  incident_id: number;
  due_at: number;
}
