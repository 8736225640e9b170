import type { Db } from "../database/schema.ts";
import { type PosServerAction, REQUEST_COLUMNS } from "../requests/request-columns.ts";
import { waitedUntil } from "../requests/waiting.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { restoredMs } from "./commands/restored-exchange.ts";
import type { DatabaseResetStep } from "./database-resets/step.ts";
import { awaitedUntil } from "./database-resets/waited-for.ts";
import { wordsOf } from "./service-starts/models.ts";

export type Activity = (
  | { kind: "reset"; id: number; step: DatabaseResetStep }
  | { kind: "start"; id: number; isRestart: boolean }
) & {
  /** Until when it waits for its agent, ms UTC; null = it does not wait. */
  awaitedUntil: number | null;
};

type ListedReset = Awaited<ReturnType<typeof listResets>>[number];
type ListedStart = Awaited<ReturnType<typeof listStarts>>[number];

/**
 * The last resets, starts and restarts of a POS server, so many of each sort, newest first.
 * @param activity what goes on there; undefined = nothing, or nobody wants to know whether it waits for its agent.
 */
export async function listRepairs(
  db: Db,
  viewer: Viewer,
  posServerId: number,
  { limit, activity, now }: { limit: number; activity?: Activity | undefined; now: number },
): Promise<PosServerAction[]> {
  const resets = await listResets(db, posServerId, limit);
  const starts = await listStarts(db, posServerId, limit);
  const awaitedUntil = activity?.kind === "reset" ? activity.awaitedUntil : null;
  return [
    ...resets.map((reset) =>
      resetAsAction(reset, viewer, now, reset.id === activity?.id ? awaitedUntil : null),
    ),
    ...starts.map((start) => startAsAction(start, viewer, now)),
  ].sort((one, other) => other.at - one.at);
}

async function listResets(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("databaseReset")
    .select(["id", ...REQUEST_COLUMNS, "step", "syncedAt", "runsAt"])
    .where("posServerId", "=", posServerId)
    .orderBy("requestedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

async function listStarts(db: Db, posServerId: number, limit: number) {
  return await db
    .selectFrom("serviceStart")
    .select(["id", ...REQUEST_COLUMNS, "status", "isRestart", "syncedAt", "runsAt"])
    .where("posServerId", "=", posServerId)
    .orderBy("requestedAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** «Сброс БД: Анна Иванова», «обмен восстановлен за 48 с». */
function resetAsAction(reset: ListedReset, viewer: Viewer, now: number, awaitedUntil: number | null) {
  const { t, format } = viewer;
  return {
    at: reset.requestedAt,
    title: format.time(reset.requestedAt, now),
    text: t("databaseReset.inList.asked", { name: reset.userName ?? reset.userLogin }),
    url: `/database-resets/${reset.id}`,
    result:
      awaitedUntil === null
        ? resetInWords(reset, viewer)
        : t("agentAwaited.inList", { time: format.clock(awaitedUntil, now) }),
    isRestored: reset.step === "done",
  };
}

function resetInWords(reset: ListedReset, { t, format }: Viewer): string {
  if (reset.step === "done")
    return t("databaseReset.inList.done", { duration: format.elapsed(restoredMs(reset) ?? 0) });
  if (reset.step !== "failed") return t("databaseReset.inList.open");
  return t(`databaseReset.inList.${reset.failureCode === "cancelled" ? "cancelled" : "failed"}`);
}

/** «Запуск службы: Анна Иванова», «обмен восстановлен за 20 с» */
function startAsAction(start: ListedStart, viewer: Viewer, now: number) {
  const { t, format } = viewer;
  const ms = restoredMs(start);
  return {
    at: start.requestedAt,
    title: format.time(start.requestedAt, now),
    text: t(`${wordsOf(start)}.inList`, { name: start.userName ?? start.userLogin }),
    url: `/service-starts/${start.id}`,
    result:
      ms === null
        ? startInWords(start, viewer, now)
        : t("databaseReset.inList.done", { duration: format.elapsed(ms) }),
    isRestored: ms !== null,
  };
}

function startInWords(start: ListedStart, { t, format }: Viewer, now: number): string {
  if (start.failureCode === "start_cancelled") return t("databaseReset.inList.cancelled");
  const until = waitedUntil(start);
  return until === null
    ? t(`${wordsOf(start)}.status.${start.status}`)
    : t("agentAwaited.inList", { time: format.clock(until, now) });
}

/** By POS server. */
export async function listActivities(db: Db): Promise<Map<number, Activity>> {
  const starts = await db
    .selectFrom("serviceStart")
    .select(["id", "posServerId", "isRestart", "finishedAt"])
    .select(["waitsSince", "expiresAt"])
    .where("finishedAt", "is", null)
    .execute();
  const resets = await db
    .selectFrom("databaseReset as reset")
    .leftJoin("logRequest as logs", "logs.id", "reset.logRequestId")
    .select(["reset.id", "reset.posServerId", "step", "begunAt"])
    .select(["reset.waitsSince", "reset.expiresAt"])
    .select(["logs.id as logsId", "logs.finishedAt as logsFinishedAt", "logs.waitsSince as logsWaitSince"])
    .where("reset.finishedAt", "is", null)
    .execute();
  const startOf = new Map(starts.map((start) => [start.posServerId, start]));
  return new Map<number, Activity>([
    ...starts.map((start): [number, Activity] => [
      start.posServerId,
      { kind: "start", id: start.id, isRestart: start.isRestart === 1, awaitedUntil: waitedUntil(start) },
    ]),
    ...resets.map((reset): [number, Activity] => {
      const { posServerId, id, step, logsId, logsFinishedAt, logsWaitSince } = reset;
      const logs = logsId === null ? null : { finishedAt: logsFinishedAt, waitsSince: logsWaitSince };
      const until = awaitedUntil(reset, { logs, start: startOf.get(posServerId) ?? null });
      return [posServerId, { kind: "reset", id, step, awaitedUntil: until }];
    }),
  ]);
}
