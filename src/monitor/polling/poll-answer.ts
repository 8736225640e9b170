import type { FlashKind } from "../plugins/flash.ts";
import type { PosFailure } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";

/** How a poll ended that somebody waited for; `receivedAt` in ms UTC. */
export type PollAnswer =
  | { ok: true; receivedAt: number; version: string | null }
  | { ok: false; failure: PosFailure };

/** Shown once after a form had a POS server polled. */
export const POLL_ANSWER: FlashKind<PollAnswer> = { name: "poll" };

/** Shown once after a POS server was moved to the organization of that name. */
export const MOVED: FlashKind<{ organization: string; answer: PollAnswer }> = { name: "moved" };

export function pollAnswer(outcome: StatusOutcome): PollAnswer {
  if (!outcome.ok) return { ok: false, failure: outcome.failure };
  return { ok: true, receivedAt: outcome.receivedAt, version: outcome.report.version };
}
