import type { Db } from "../../database/schema.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";

export type WaitedFor = Awaited<ReturnType<typeof findWaitedFor>>;

/** How far that is which a reset may wait for: its service by the last report, its logs, the last start of the service. */
export async function findWaitedFor(
  db: Db,
  { id, posServerId, logRequestId }: Pick<FoundReset, "id" | "posServerId" | "logRequestId">,
) {
  const status = await db
    .selectFrom("posStatus")
    .select("lastUpdateAt")
    // What was known before the last report says nothing of what a reset has done since.
    .select((eb) =>
      eb
        .case()
        .when("serviceReportedAt", "=", eb.ref("lastUpdateAt"))
        .then(eb.ref("serviceState"))
        .end()
        .as("serviceState"),
    )
    .where("posServerId", "=", posServerId)
    .executeTakeFirstOrThrow();
  const logs = await db
    .selectFrom("logRequest")
    .select(["status", "finishedAt"])
    .select(["plannedBytes", "receivedBytes", "leftOut"])
    .select(["failureCode", "failureDetail", "waitsSince"])
    .where("id", "=", logRequestId)
    .executeTakeFirst();
  const start = await db
    .selectFrom("serviceStart")
    .select(["id", "failureCode", "failureDetail"])
    .select(["finishedAt", "waitsSince", "expiresAt"])
    .where("databaseResetId", "=", id)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return { ...status, logs: logs ?? null, start: start ?? null };
}

type PendingReset = Pick<FoundReset, "step" | "begunAt" | "expiresAt" | "waitsSince">;
type FetchedLogs = Pick<NonNullable<WaitedFor["logs"]>, "finishedAt" | "waitsSince">;

/** Until when an open reset waits for its agent, be it by its logs or the start of the service; null = it does not. Pure. */
export function awaitedUntil(
  { step, begunAt, expiresAt, waitsSince }: PendingReset,
  { logs, start }: { logs: FetchedLogs | null; start: Parameters<typeof waitedUntil>[0] | null },
): number | null {
  if (step === "starting") return start && waitedUntil(start);
  if (step !== "fetching_logs" && step !== "resetting") return null;
  if (step === "resetting" && begunAt !== null) return null;
  const areLogsComing = step === "fetching_logs" && logs?.finishedAt === null;
  return (areLogsComing ? logs.waitsSince : waitsSince) === null ? null : expiresAt;
}
