import type { WantedLogs } from "../log-archives/log-request-form.ts";
import type { AcknowledgementTerms } from "../restaurants/acknowledge.ts";

/** What can be done for many POS servers at once; never a reset. */
export const BATCH_KINDS = ["take", "poll", "logs", "start", "park", "tag"] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

/** What each kind needs to know. */
export interface BatchParams {
  take: Pick<AcknowledgementTerms, "endsAt">;
  poll: Record<string, never>;
  logs: WantedLogs;
  start: Record<string, never>;
  /** `endsAt`: ms UTC. */
  park: { reason: string | null; endsAt: number | null };
  tag: { tags: string[] };
}

/** More are refused: whoever wants that much has something else in mind. */
export const MOST_POS_SERVERS = 5_000;
/** A start for more asks for their number. */
export const STARTS_WITHOUT_NUMBER = 20;

/** Why nothing is done for one of them, as the catalogs have it. */
export type LeftOut =
  | "parked"
  | "silent"
  | "no_address"
  | "under_way"
  | "running"
  | "held"
  | "over"
  | "already"
  | "stopped";

export function readKind(text: string): BatchKind | null {
  return BATCH_KINDS.find((kind) => kind === text) ?? null;
}
