import { COMMAND_WAIT_MS, waitedUntil } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";
import type { WaitedFor } from "./waited-for.ts";

type UntoldReset = Pick<FoundReset, "step" | "begunAt" | "expiresAt">;
type FetchedLogs = Pick<NonNullable<WaitedFor["logs"]>, "finishedAt" | "waitsSince">;

/**
 * Until when the POS server may be told to reset its database, ms UTC; null = whenever it is reached, or it was told
 * already. While its logs come there is no end; if its agent goes away meanwhile, or when they have come, it begins. Pure.
 */
export function waitsUntil(
  { step, begunAt, expiresAt }: UntoldReset,
  logs: FetchedLogs | null,
): number | null {
  if (expiresAt === null || begunAt !== null) return null;
  if (step === "resetting" || (step === "fetching_logs" && logs === null)) return expiresAt;
  if (step !== "fetching_logs") return null;
  const since = logs?.finishedAt ?? logs?.waitsSince ?? null;
  return since === null ? null : Math.max(expiresAt, since + COMMAND_WAIT_MS);
}

/** Until when an open reset waits for its agent, be it by its logs or the start of the service; null = it does not. Pure. */
export function awaitedUntil(
  reset: UntoldReset & Pick<FoundReset, "waitsSince">,
  { logs, start }: { logs: FetchedLogs | null; start: Parameters<typeof waitedUntil>[0] | null },
): number | null {
  if (reset.step === "starting") return start && waitedUntil(start);
  const until = waitsUntil(reset, logs);
  const isOfLogs = reset.step === "fetching_logs" && logs !== null;
  const isWaiting = isOfLogs
    ? logs.finishedAt === null && logs.waitsSince !== null
    : reset.waitsSince !== null;
  return isWaiting ? until : null;
}
