import type { ExpressionBuilder } from "kysely";
import type { Database, Db } from "../../database/schema.ts";
import { shareOf } from "../../requests/request-columns.ts";
import type { Claimable } from "../../requests/runner.ts";
import { isExpired, waitedUntil } from "../../requests/waiting.ts";
import type { FoundReset } from "./find-database-resets.ts";
import { CLOCK_ERROR_MS, FOLLOW_EVERY_MS, WAIT_FOR_PERSON_MS } from "./step.ts";

export type WaitedFor = Awaited<ReturnType<typeof findWaitedFor>>;

/** What a reset may wait for: its service by the last report, its logs, the last start of the service. */
export async function findWaitedFor(
  db: Db,
  { id, posServerId, logRequestId }: Pick<FoundReset, "id" | "posServerId" | "logRequestId">,
) {
  const status = await db
    .selectFrom("posStatus")
    .select("lastUpdateAt")
    .select(reportedServiceState)
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

/** A state kept from an older report says nothing about what the reset did since. */
function reportedServiceState(eb: ExpressionBuilder<Database, "posStatus">) {
  return eb
    .case()
    .when("serviceReportedAt", "=", eb.ref("lastUpdateAt"))
    .then(eb.ref("serviceState"))
    .end()
    .as("serviceState");
}

/** The open resets that are due at `now` (ms UTC), and those with times in the future. */
export async function listResetsToWorkOn(db: Db, now: number): Promise<Claimable[]> {
  const rows = await db
    .selectFrom("databaseReset as reset")
    .innerJoin("posStatus", "posStatus.posServerId", "reset.posServerId")
    .leftJoin("logRequest as logs", "logs.id", "reset.logRequestId")
    .select([
      "reset.id",
      "reset.userId",
      "reset.userLogin",
      "step",
      "stepAt",
      "followedAt",
      "reset.expiresAt",
      "lastUpdateAt",
    ])
    .select(reportedServiceState)
    .select(["logs.id as logsId", "logs.finishedAt as logsFinishedAt"])
    .where("reset.finishedAt", "is", null)
    .orderBy("reset.id")
    .execute();
  const due = rows.filter(({ logsId, logsFinishedAt: finishedAt, ...reset }) => {
    const logs = logsId === null ? null : { finishedAt };
    return reset.stepAt > now + CLOCK_ERROR_MS || isDue(reset, { ...reset, logs }, now);
  });
  return due.map((row) => ({ id: row.id, share: shareOf(row) }));
}

type OpenReset = Pick<FoundReset, "step" | "stepAt" | "followedAt" | "expiresAt">;

type ReportedService = Pick<WaitedFor, "serviceState" | "lastUpdateAt">;
type Facts = ReportedService & { logs: { finishedAt: number | null } | null };

/** Whether a reset can go on at `now` (ms UTC): its time is over, or what it waits for is there. */
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
