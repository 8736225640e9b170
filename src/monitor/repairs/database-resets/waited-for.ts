import type { Db } from "../../database/schema.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";

export type WaitedFor = Awaited<ReturnType<typeof findWaitedFor>>;

/** What a reset may wait for: its service by the last report, its logs, the last start of the service. */
export async function findWaitedFor(
  db: Db,
  { id, posServerId, logRequestId }: Pick<FoundReset, "id" | "posServerId" | "logRequestId">,
) {
  const status = await db
    .selectFrom("posStatus")
    .select("lastUpdateAt")
    // A state kept from an older report says nothing about what the reset did since.
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

/** Until when an open reset, its logs or the start of its service wait for the agent; null = they do not. */
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
