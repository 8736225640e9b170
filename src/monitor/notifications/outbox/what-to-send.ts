import type { IncidentEnd } from "../../fleet/incidents/incident.ts";
import { type ChannelKind, isMessenger } from "../channels/channel.ts";
import type { TellingKind } from "../channels/message.ts";
import type { IncidentStatus, Said } from "../rules/next-telling.ts";
import type { WithdrawalReason } from "../rules/withdrawal.ts";

/** What is known of a message when its turn has come. */
export interface Turn {
  channel: ChannelKind;
  kind: Exclude<TellingKind, "summary" | "channel" | "channel_works" | "test">;
  status: IncidentStatus;
  endedBy: IncidentEnd | WithdrawalReason | null;
  /** What has got through; null = nothing. */
  said: Said | null;
  /** Whether it would say just what it said last. */
  isSame: boolean;
}

/** `new`: a message that somebody hears of; `change`: the one that is there; else why nothing is sent. */
export type Sending = "new" | "change" | "unchanged" | "superseded";

/** Decides what becomes of something in the outbox: the incident may have gone on since it was put there. */
export function whatToSend({ channel, kind, status, endedBy, said, isSame }: Turn): Sending {
  const isOver = status === "over";
  if (kind === "changed") {
    // A program for which it is over has heard the last of it.
    if (said === null || (said === "over" && channel === "webhook")) return "superseded";
    return isSame ? "unchanged" : "change";
  }
  if (kind === "closed") {
    if (!isOver || said !== "failing") return "superseded";
    if (isMessenger(channel)) return "change";
    // It is told with that of many, or whoever changed the rules knows: no letter is worth that.
    return (endedBy === "joined" || endedBy === "rules") && channel !== "webhook" ? "superseded" : "new";
  }
  // What was over before anybody could be told is told once, with its end; a program is told of both.
  return !isOver || said === null || channel === "webhook" ? "new" : "superseded";
}

/** What a receiver knows after something got through: people read how it stands, programs what has happened. */
export function saidBy({ channel, kind, status }: Pick<Turn, "channel" | "kind" | "status">): Said {
  if (channel === "webhook") return kind === "closed" ? "over" : "failing";
  return status === "over" ? "over" : "failing";
}
