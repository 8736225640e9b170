import { isExpired } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { CLOCK_ERROR_MS, FOLLOW_EVERY_MS, WAIT_FOR_PERSON_MS } from "./limits.ts";
import type { WaitedFor } from "./waited-for.ts";

type OpenReset = Pick<FoundReset, "step" | "stepAt" | "followedAt" | "expiresAt">;

type ReportedService = Pick<WaitedFor, "serviceState" | "lastUpdateAt">;
type Facts = ReportedService & { logs: { finishedAt: number | null } | null };

/**
 * Whether a reset can go on at `now` (ms UTC): its time is over, or what it waits for is there. `listResetsToWorkOn` has
 * the same rules, but a row may change between its list and the claim.
 */
export function isDue(reset: OpenReset, waitedFor: Facts, now: number): boolean {
  switch (reset.step) {
    case "resetting":
      return true;
    case "fetching_logs":
      return waitedFor.logs === null || waitedFor.logs.finishedAt !== null || isExpired(reset.expiresAt, now);
    case "awaiting_decision":
      return isWaitOver(reset, now);
    case "awaiting_start":
      return isWaitOver(reset, now) || isServiceBack(waitedFor, reset.stepAt);
    case "awaiting_sync":
      return isPollDue(reset, now);
    default:
      return false;
  }
}

/** Whether a report shows that the service runs again without a start from here. */
export function isServiceBack({ serviceState, lastUpdateAt }: ReportedService, stepAt: number): boolean {
  return serviceState === "running" && isReportedSince(lastUpdateAt, stepAt);
}

/** Whether the last report is surely newer than a step. */
export function isReportedSince(lastUpdateAt: number | null, stepAt: number): boolean {
  return lastUpdateAt !== null && lastUpdateAt >= stepAt + CLOCK_ERROR_MS;
}

function isWaitOver({ stepAt }: OpenReset, now: number): boolean {
  return stepAt <= now - WAIT_FOR_PERSON_MS;
}

/** Counts from the reset's own last poll, not the POS server's: one that is polled often anyway would never be due. */
function isPollDue({ followedAt, stepAt }: OpenReset, now: number): boolean {
  const at = followedAt ?? stepAt;
  return at <= now - FOLLOW_EVERY_MS || at > now;
}
