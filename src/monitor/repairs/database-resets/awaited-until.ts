import { waitedUntil } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";
import type { WaitedFor } from "./waited-for.ts";

type UntoldReset = Pick<FoundReset, "step" | "begunAt" | "expiresAt" | "waitsSince">;
type FetchedLogs = Pick<NonNullable<WaitedFor["logs"]>, "finishedAt" | "waitsSince">;

/** Until when an open reset waits for its agent, be it by its logs or the start of the service; null = it does not. Pure. */
export function awaitedUntil(
  { step, begunAt, expiresAt, waitsSince }: UntoldReset,
  { logs, start }: { logs: FetchedLogs | null; start: Parameters<typeof waitedUntil>[0] | null },
): number | null {
  if (step === "starting") return start && waitedUntil(start);
  if (step !== "fetching_logs" && step !== "resetting") return null;
  if (step === "resetting" && begunAt !== null) return null;
  const areLogsComing = step === "fetching_logs" && logs?.finishedAt === null;
  return (areLogsComing ? logs.waitsSince : waitsSince) === null ? null : expiresAt;
}
