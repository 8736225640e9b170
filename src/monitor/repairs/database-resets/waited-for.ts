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
    .selectFrom("pos_status")
    .select("last_update_at as lastUpdateAt")
    // What was known before the last report says nothing of what a reset has done since.
    .select((eb) =>
      eb
        .case()
        .when("service_told_at", "=", eb.ref("last_update_at"))
        .then(eb.ref("service_state"))
        .end()
        .as("serviceState"),
    )
    .where("pos_server_id", "=", posServerId)
    .executeTakeFirstOrThrow();
  const logs = await db
    .selectFrom("log_request")
    .select(["status", "finished_at as finishedAt"])
    .select(["planned_bytes as plannedBytes", "received_bytes as receivedBytes", "left_out as leftOut"])
    .select(["failure_code as failureCode", "failure_detail as failureDetail", "waits_since as waitsSince"])
    .where("id", "=", logRequestId)
    .executeTakeFirst();
  const start = await db
    .selectFrom("service_start")
    .select(["id", "failure_code as failureCode", "failure_detail as failureDetail"])
    .select(["finished_at as finishedAt", "waits_since as waitsSince", "expires_at as expiresAt"])
    .where("database_reset_id", "=", id)
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
